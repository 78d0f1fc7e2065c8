"""Starts jobs for the messages of a queue, one after the other, as in AWS's examples for SQS."""

import json

from job_starter import start


def handler(event, context):
    for record in event["Records"]:
        start(json.loads(record["body"]))
