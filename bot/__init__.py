"""Betro: an anonymous Danish chat that listens and shows the way to help."""
