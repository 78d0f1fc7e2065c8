import { Token } from "cdktf";
import { expression } from "../core/expression";
import { isToken } from "../core/validation";
import type { DatabaseProps } from "./props";

/** An alarm of a database, without its names, actions and instance. */
export interface DatabaseAlarm {
  /** Metric of the namespace `AWS/RDS`. */
  readonly metricName: string;
  /** What the alarm means. */
  readonly alarmDescription: string;
  /** Statistic of the metric. */
  readonly statistic: "Average" | "Maximum" | "Minimum";
  /** Seconds of a value. */
  readonly period: number;
  /** Values of which each must be beyond the threshold. */
  readonly evaluationPeriods: number;
  /** How a value is compared with the threshold. */
  readonly comparisonOperator: "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  /** Threshold, in the unit of the metric. */
  readonly threshold: number;
}

const over15Minutes = {
  statistic: "Average",
  period: 300,
  evaluationPeriods: 3,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
} as const;

const for5Minutes = {
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 5,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
} as const;

const GIB = 1_073_741_824;

/** The alarms of the database itself, by twin address. */
export const databaseAlarms = (props: DatabaseProps): Readonly<Record<string, DatabaseAlarm>> => ({
  "aws_cloudwatch_metric_alarm.cpu": {
    ...over15Minutes,
    metricName: "CPUUtilization",
    alarmDescription: `The CPU of the database ${props.name} is busy: its statements take longer.`,
    threshold: props.maxCpuPercent ?? 80,
  },
  "aws_cloudwatch_metric_alarm.connections": {
    ...for5Minutes,
    metricName: "DatabaseConnections",
    alarmDescription: `The database ${props.name} has many connections: it refuses more than its class allows.`,
    threshold: props.maxConnections ?? 80,
  },
  "aws_cloudwatch_metric_alarm.free_storage": {
    metricName: "FreeStorageSpace",
    alarmDescription: `The storage of the database ${props.name} is nearly full: it stops when no storage is free.`,
    statistic: "Minimum",
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "LessThanThreshold",
    threshold: times(props.minFreeStorageGib ?? 2, GIB),
  },
  'aws_cloudwatch_metric_alarm.latency["read"]': latency(props, "read", props.maxReadLatencyMs),
  'aws_cloudwatch_metric_alarm.latency["write"]': latency(props, "write", props.maxWriteLatencyMs),
});

/** The alarm of a read replica that is behind the database. */
export const replicaLag = (props: DatabaseProps, key: string): DatabaseAlarm => ({
  ...for5Minutes,
  metricName: "ReplicaLag",
  alarmDescription: `The read replica ${key} of the database ${props.name} is behind: what it reads is old.`,
  threshold: props.maxReplicaLagSeconds ?? 300,
});

const latency = ({ name }: DatabaseProps, kind: "read" | "write", milliseconds = 50): DatabaseAlarm => ({
  ...over15Minutes,
  metricName: kind === "read" ? "ReadLatency" : "WriteLatency",
  alarmDescription: `A ${kind} of the storage of the database ${name} takes long: it does more than its storage allows.`,
  // The metric is in seconds.
  threshold: isToken(milliseconds) ? Token.asNumber(expression`${milliseconds} / 1000`) : milliseconds / 1000,
});

const times = (value: number, factor: number): number =>
  isToken(value) ? Token.asNumber(expression`${value} * ${factor}`) : value * factor;
