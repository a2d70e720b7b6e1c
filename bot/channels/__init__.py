"""The doors visitors come in by. Each translates, delegates and answers; none decides."""
