"""A session store in which every state was saved a while ago."""

from datetime import timedelta


class AfterSilence:
    def __init__(self, store, minutes):
        self._store, self._minutes = store, minutes

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def silence(self, _visitor):
        return timedelta(minutes=self._minutes)
