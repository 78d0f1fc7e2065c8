import { items, queryResponse, readForm, readXml } from "../../local/query-protocol";

test("reads lists and fields of a form", () => {
  const form =
    "Action=RegisterTargets&TargetGroupArn=arn%3Aaws&Targets.member.1.Id=a&Targets.member.1.Port=1&Targets.member.2.Id=b";
  expect(readForm(form)).toEqual({
    Action: "RegisterTargets",
    TargetGroupArn: "arn:aws",
    Targets: [{ Id: "a", Port: "1" }, { Id: "b" }],
  });
});

test("sorts a list by its numbers, also above nine", () => {
  const form = [11, 2, 10, 1].map((number) => `List.member.${number}=${number}`).join("&");
  expect(readForm(form).List).toEqual(["1", "2", "10", "11"]);
});

test("reads the XML that it writes", () => {
  const result = {
    Rules: [{ Text: `<a href="?x=1&amp;">'` }, { Text: "" }],
    Empty: [],
    Nested: { Deep: ["1"] },
  };
  const { body } = queryResponse("Describe", result);
  const { DescribeResponse } = readXml(body.toString()) as Record<string, Record<string, unknown>>;
  expect(DescribeResponse?.DescribeResult).toEqual({ ...result, Empty: "" });
});

test("ignores prolog and attributes, and reads empty elements", () => {
  const xml = `<?xml version="1.0"?>\n<A xmlns="http://example.com/x/"><List/><Text>a &lt;b&gt; &#233;</Text></A>`;
  expect(readXml(xml)).toEqual({ A: { List: "", Text: "a <b> é" } });
  expect(items("")).toEqual([]);
});
