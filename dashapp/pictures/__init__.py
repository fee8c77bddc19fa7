"""Charts as pictures, drawn by the server: for reports, chats and sites that show no live page.

What is drawn is the very figure that the page hands to Plotly, drawn again by matplotlib: the same panels, colours,
gaps and ticks. matplotlib takes 40 MB and half a second to load, so it is loaded with the first picture: its modules
`canvas` and `marks` are imported by `studio` alone, when it draws.
"""
