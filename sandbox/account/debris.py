"""Makes moto delete network ACLs as AWS does: with their subnets and VPC."""

from functools import cache
from typing import Any

from moto.ec2.models import EC2Backend


@cache
def install() -> None:
    """Patches moto, once: a deleted subnet leaves its network ACL, and a deleted VPC's ACLs are deleted with it."""
    delete_subnet, delete_vpc = EC2Backend.delete_subnet, EC2Backend.delete_vpc

    def delete_subnet_association(backend: Any, subnet_id: str) -> Any:
        deleted = delete_subnet(backend, subnet_id)
        for acl in backend.network_acls.values():
            gone = [name for name, association in acl._associations.items() if association.subnet_id == subnet_id]
            for name in gone:
                del acl._associations[name]
        return deleted

    def delete_vpc_acls(backend: Any, vpc_id: str) -> Any:
        deleted = delete_vpc(backend, vpc_id)
        for acl in [acl for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
            del backend.network_acls[acl.id]
        return deleted

    EC2Backend.delete_subnet, EC2Backend.delete_vpc = delete_subnet_association, delete_vpc_acls
