"""Data in, Plotly figure out: pure functions that know domain values and nothing else.

Figures are plain dictionaries (Plotly's own JSON form): validating objects for sixty cards would cost more than drawing
them. Colours of number feeds are those of the light theme; `assets/plots.css` turns them into the dark ones where the
page is dark, so that a theme switch redraws nothing.
"""
