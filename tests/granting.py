"""A grant handler to watch."""


class Recorder:
    """A handler that remembers its calls and does on them what a test wants."""

    def __init__(self):
        self.calls, self.meanwhile = [], {}

    def grant(self, request):
        self._note("grant", request)

    def withdraw(self, request):
        self._note("withdraw", request)

    def _note(self, act, request):
        self.calls.append((act, request.ends_at))
        act_now = self.meanwhile.pop(act, None)
        if act_now:
            act_now(request)

    @property
    def acts(self):
        return [act for act, _ in self.calls]

    def fail_once(self, act="grant"):
        def fail(request):
            raise ConnectionError("postgresql://root:secret@db")

        self.meanwhile[act] = fail
