"""Betro's own parts of the Rasa pipeline: sentence vectors, n-grams and the judge."""
