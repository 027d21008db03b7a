"""JSON of speech engines, meeting tools and data sets, read by its shape."""
