"""What Cloud Custodian's own filters let pass. Reads cases from stdin: [{"policy": {...}, "resources": [{...}]}]; prints the
resources that pass each, as `custodian run` would find them, without any call of AWS."""

import json
import sys

from c7n.config import Config
from c7n.policy import PolicyCollection
from c7n.resources import load_resources

options = Config.empty(region="us-east-1", account_id="123456789012", output_dir="/nowhere")


def passing(policy, resources):
    load_resources([policy["resource"]])
    (loaded,) = PolicyCollection.from_data({"policies": [policy]}, options)
    loaded.expand_variables(loaded.get_variables())
    loaded.validate()
    return loaded.resource_manager.filter_resources(resources)


json.dump([passing(**case) for case in json.load(sys.stdin)], sys.stdout)
