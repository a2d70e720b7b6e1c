"""The subcommands of `betro`, one module each."""
