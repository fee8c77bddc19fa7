"""What Labfeed is compared with, each served by the same gunicorn with the same configuration."""
