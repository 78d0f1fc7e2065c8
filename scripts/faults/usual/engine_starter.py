"""Starts an engine and registers it, in the usual style of such functions: a class for ECS, a class for the target
group, and every error is logged and returned as a status code.
"""

import json
import logging
import os
import time

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SERVICES = json.loads(os.environ["SERVICES"])
WAIT_LIMIT = float(os.environ["TASK_WAIT_TIMEOUT"])


class EcsHandler:
    def __init__(self):
        self.client = boto3.client("ecs")

    def start(self, service):
        answer = self.client.run_task(
            cluster=service["cluster"],
            taskDefinition=service["family"],
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": service["subnets"],
                    "assignPublicIp": "DISABLED",
                }
            },
        )
        if not answer["tasks"]:
            raise RuntimeError("failed to start task: %s" % answer["failures"])
        return answer["tasks"][0]["taskArn"]

    def wait_until_running(self, cluster, task_arn):
        deadline = time.time() + WAIT_LIMIT
        while time.time() < deadline:
            tasks = self.client.describe_tasks(cluster=cluster, tasks=[task_arn])["tasks"]
            if not tasks:
                raise RuntimeError("task not found")
            if tasks[0]["lastStatus"] == "RUNNING":
                return tasks[0]
            if tasks[0]["lastStatus"] == "STOPPED":
                raise RuntimeError("task stopped: %s" % tasks[0].get("stoppedReason"))
            time.sleep(1)
        raise TimeoutError("task did not run in time")

    @staticmethod
    def private_ip(task):
        for attachment in task["attachments"]:
            for detail in attachment["details"]:
                if detail["name"] == "privateIPv4Address":
                    return detail["value"]
        raise RuntimeError("task has no address")


class TargetGroupHandler:
    def __init__(self):
        self.client = boto3.client("elbv2")

    def register(self, target_group_arn, ip, port):
        self.client.register_targets(
            TargetGroupArn=target_group_arn, Targets=[{"Id": ip, "Port": port}]
        )


def answer(status, **body):
    return {"statusCode": status, "body": json.dumps(body)}


def handler(event, context):
    name = event.get("detail", {}).get("service")
    service = SERVICES.get(name)
    if service is None:
        logger.error("unknown service %s", name)
        return answer(400, error="unknown service %s" % name)
    try:
        ecs = EcsHandler()
        task_arn = ecs.start(service)
        task = ecs.wait_until_running(service["cluster"], task_arn)
        ip = ecs.private_ip(task)
        TargetGroupHandler().register(service["targetGroup"], ip, service["port"])
        return answer(200, taskArn=task_arn, privateIp=ip)
    except Exception as error:
        logger.exception("cannot start %s", name)
        return answer(500, error=str(error))
