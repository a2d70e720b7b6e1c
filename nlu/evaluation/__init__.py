"""How well Betro understands: figures, behavioural tests, a report and floors under them."""
