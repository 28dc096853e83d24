"""Other people's code: functions of published packages, called through their public API, unmodified."""
