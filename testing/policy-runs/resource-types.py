"""Prints what Cloud Custodian knows of its resource types: their names in CloudFormation and Config, and their ids."""

import json
import sys

from c7n.provider import clouds
from c7n.resources import load_resources

load_resources(("aws.*",))
known = {name: cls.resource_type for name, cls in clouds["aws"].resources.items()}
json.dump(
    {
        name: {
            "types": [getattr(meta, "cfn_type", None), getattr(meta, "config_type", None)],
            "keys": [getattr(meta, "id", None), getattr(meta, "arn", None)],
        }
        for name, meta in known.items()
    },
    sys.stdout,
)
