"""moto's server, which answers one call at a time.

S3 checks the condition of a write and writes in one step. moto 5.2.5 does it in two, in threads that overlap, so that
two conditional writes at once may both succeed.

With images of its own (MOTO_AMIS_PATH) it also keeps what is registered as it was asked for, and lets snapshots that are
written block by block be pending until all of their blocks are proved, as AWS does and moto 5.2.5 does not.
"""

import os
import threading
from base64 import b64encode
from hashlib import sha256

from moto import server

turn = threading.Lock()
answer = server.DomainDispatcherApplication.__call__


def answer_in_turn(self, environ, start_response):
    with turn:
        return answer(self, environ, start_response)


server.DomainDispatcherApplication.__call__ = answer_in_turn


def keep_images():
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.amis import Ami
    from moto.ec2.responses.amis import AmisResponse
    from moto.ec2.utils import random_ami_id

    class RegisteredImage(Ami):
        # moto finds its services by it.
        __module__ = Ami.__module__
        block_device_mappings = []

    def register_image(self):
        ec2, asked = self.ec2_backend, self._get_param
        name = asked("Name")
        if any(ami.name == name and ami.owner_id == ec2.account_id for ami in ec2.amis.values()):
            raise EC2ClientError("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by another AMI")
        image = RegisteredImage(
            ec2,
            random_ami_id(),
            name=name,
            description=asked("Description"),
            architecture=asked("Architecture"),
            virtualization_type=asked("VirtualizationType"),
            root_device_type="ebs",
            root_device_name=asked("RootDeviceName"),
            boot_mode=asked("BootMode"),
            tags=self._parse_tag_specification("image").get("image", {}),
        )
        # The one that moto makes up.
        ec2.snapshots.pop(image.ebs_snapshot.id)
        image.block_device_mappings = asked("BlockDeviceMappings", [])
        for mapping in image.block_device_mappings:
            image.ebs_snapshot = ec2.get_snapshot(mapping["Ebs"]["SnapshotId"])
            image.ebs_snapshot.from_ami = image.id
        image.ena_support, image.imds_support = asked("EnaSupport"), asked("ImdsSupport")
        ec2.amis[image.id] = image
        return ActionResult({"ImageId": image.id})

    AmisResponse.register_image = register_image


def keep_blocks():
    from moto.core.exceptions import JsonRESTError
    from moto.ebs.models import EBSBackend
    from moto.ebs.responses import EBSResponse

    digest = lambda data: sha256(data).digest()
    text = lambda data: b64encode(data).decode()
    start, put, complete = EBSBackend.start_snapshot, EBSBackend.put_snapshot_block, EBSResponse.complete_snapshot

    def start_snapshot(self, *args, **asked):
        snapshot = start(self, *args, **asked)
        kept = self.ec2_backend.snapshots[snapshot.snapshot_id]
        kept.status = "pending"
        self.ec2_backend.volumes.pop(kept.volume.id)
        return snapshot

    def put_snapshot_block(self, snapshot_id, block_index, block_data, checksum, *rest, **more):
        if snapshot_id not in self.ec2_backend.snapshots or self.snapshots[snapshot_id].status != "pending":
            raise JsonRESTError("ResourceNotFoundException", f"{snapshot_id} is not pending")
        if text(digest(block_data)) != checksum or len(block_data) != 524288:
            raise JsonRESTError("ValidationException", "the block is not what its checksum says")
        return put(self, snapshot_id, block_index, block_data, checksum, *rest, **more)

    def complete_snapshot(self):
        snapshot = self.ebs_backend.snapshots[self._get_param("SnapshotId")]
        blocks = [block.block_data for _, block in sorted(snapshot.blocks.items())]
        whole = text(digest(b"".join(map(digest, blocks))))
        if (self._get_param("ChangedBlocksCount"), self._get_param("Checksum")) != (len(blocks), whole):
            raise JsonRESTError("ValidationException", "the blocks are not what count and checksum say")
        answer = complete(self)
        self.ebs_backend.ec2_backend.snapshots[snapshot.snapshot_id].status = "completed"
        return answer

    EBSBackend.start_snapshot, EBSBackend.put_snapshot_block = start_snapshot, put_snapshot_block
    EBSResponse.complete_snapshot = complete_snapshot


if "MOTO_AMIS_PATH" in os.environ:
    keep_images()
    keep_blocks()
server.main()
