import { findPrivateIp } from "../../../handlers/shared/task-target";

const details = [
  { name: "subnetId", value: "subnet-1" },
  { name: "privateIPv4Address", value: "10.0.1.5" },
];

test.each([
  ["the API's name of the interface", { attachments: [{ type: "ElasticNetworkInterface", details }] }],
  ["the events' name of the interface", { attachments: [{ type: "eni", details }] }],
  ["the containers alone", { containers: [{}, { networkInterfaces: [{ privateIpv4Address: "10.0.1.5" }] }] }],
  [
    "an interface without address yet, and a container that has it",
    {
      attachments: [{ type: "eni", details: details.slice(0, 1) }],
      containers: [{ networkInterfaces: [{ privateIpv4Address: "10.0.1.5" }] }],
    },
  ],
])("finds the address by %s", (_, task) => {
  expect(findPrivateIp(task)).toBe("10.0.1.5");
});

test.each([
  ["nothing", {}],
  ["an interface that is being attached", { attachments: [{ type: "eni", details: details.slice(0, 1) }] }],
  ["an attachment of another kind", { attachments: [{ type: "Service Connect", details }] }],
])("finds no address in %s", (_, task) => {
  expect(findPrivateIp(task)).toBeUndefined();
});
