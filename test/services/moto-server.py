"""moto's server, which answers one call at a time.

S3 checks the condition of a write and writes in one step. moto 5.2.5 does it in two, in threads that overlap, so that
two conditional writes at once may both succeed.

EC2 tells of an instance which groups it is in. moto 5.2.5 leaves out those that were given with its network interface,
so that OpenTofu's provider finds them missing in every plan and sets them again.
"""

import threading

from moto import server
from moto.ec2.models.instances import Instance

turn = threading.Lock()
answer = server.DomainDispatcherApplication.__call__


def answer_in_turn(self, environ, start_response):
    with turn:
        return answer(self, environ, start_response)


attach = Instance.attach_eni


def attach_with_groups(instance, eni, device_index):
    attachment = attach(instance, eni, device_index)
    instance.security_groups = instance.security_groups or list(eni.group_set)
    return attachment


server.DomainDispatcherApplication.__call__ = answer_in_turn
Instance.attach_eni = attach_with_groups
server.main()
