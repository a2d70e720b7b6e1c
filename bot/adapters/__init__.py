"""The ports made real: files, Valkey, the NLU, the safety net, keys, the clock."""
