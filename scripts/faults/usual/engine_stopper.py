"""Stops engines, in the usual style of such functions: list the tasks and stop them."""

import json
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SERVICES = json.loads(os.environ["SERVICES"])
ecs = boto3.client("ecs")


def handler(event, context):
    try:
        for name in event["detail"]["services"]:
            service = SERVICES[name]
            tasks = ecs.list_tasks(cluster=service["cluster"], family=service["family"])["taskArns"]
            for task in tasks:
                ecs.stop_task(cluster=service["cluster"], task=task, reason="asked for by an event")
        return {"statusCode": 200}
    except Exception as error:
        logger.exception("cannot stop the engines")
        return {"statusCode": 500, "body": json.dumps({"error": str(error)})}
