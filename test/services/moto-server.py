"""moto's server, which answers one call at a time.

S3 checks the condition of a write and writes in one step. moto 5.2.5 does it in two, in threads that overlap, so that
two conditional writes at once may both succeed.
"""

import threading

from moto import server

turn = threading.Lock()
answer = server.DomainDispatcherApplication.__call__


def answer_in_turn(self, environ, start_response):
    with turn:
        return answer(self, environ, start_response)


server.DomainDispatcherApplication.__call__ = answer_in_turn
server.main()
