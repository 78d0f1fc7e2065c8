"""Starts a job and returns, in the usual style of such functions: the container gets the event in its environment, and
every error is logged and returned as a status code.
"""

import json
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SERVICES = json.loads(os.environ["SERVICES"])
ecs = boto3.client("ecs")


def start(event):
    service = SERVICES[event["detail"]["service"]]
    environment = {"EVENT_ID": event["id"], "EVENT_PAYLOAD": json.dumps(event["detail"])}
    answer = ecs.run_task(
        cluster=service["cluster"],
        taskDefinition=service["family"],
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": service["subnets"], "assignPublicIp": "DISABLED"}
        },
        overrides={
            "containerOverrides": [
                {
                    "name": service["container"],
                    "environment": [{"name": k, "value": v} for k, v in environment.items()],
                }
            ]
        },
    )
    if answer["failures"]:
        raise RuntimeError("failed to start task: %s" % answer["failures"])
    return answer["tasks"][0]["taskArn"]


def answer(status, **body):
    return {"statusCode": status, "body": json.dumps(body)}


def handler(event, context):
    try:
        return answer(202, taskArn=start(event))
    except KeyError as error:
        logger.error("bad event: %s", error)
        return answer(400, error="bad event: %s" % error)
    except Exception as error:
        logger.exception("cannot start the job")
        return answer(500, error=str(error))
