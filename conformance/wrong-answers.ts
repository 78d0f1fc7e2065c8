import type { Pluggable } from "@smithy/types";

/** What a client gets in place of AWS's answer, by the name of the API action. */
export type WrongAnswers = Readonly<Record<string, WrongAnswer>>;
type WrongAnswer = (answer: () => Promise<object>, input: never) => Promise<object>;

/** AWS does what it should refuse. */
export const accepts =
  (output: object = {}): WrongAnswer =>
  (answer) =>
    answer().catch(() => output);

/** AWS refuses what it should do; `when` tells by the input. */
export const refuses =
  <Input>(name: string, when: (input: Input) => unknown = () => true): WrongAnswer =>
  async (answer, input) => {
    if (!when(input)) return answer();
    throw Object.assign(new Error("refused on purpose"), { name, $fault: "client" });
  };

/** AWS answers something else. */
export const answers =
  <Output extends object>(change: (output: Output) => object): WrongAnswer =>
  async (answer) =>
    change((await answer()) as Output);

/** The bodies of received messages are something else. */
export const receives = (change: (body: string) => string): WrongAnswer =>
  answers(({ Messages, ...rest }: { Messages?: { Body?: string }[] }) => ({
    ...rest,
    Messages: Messages?.map((message) => ({ ...message, Body: change(message.Body ?? "") })),
  }));

/** A plugin of a client that puts wrong answers in place of AWS's. */
export const wrongAnswersPlugin = (wrong: WrongAnswers): Pluggable<object, object> => ({
  applyToStack: (stack) =>
    stack.add(
      (next, context) => async (args) => {
        const action = (context.commandName as string).replace(/Command$/, "");
        const replace = wrong[action];
        if (!replace) return next(args);
        let response: unknown;
        const answer = async () => {
          const result = await next(args);
          response = result.response;
          return result.output as object;
        };
        return { output: await replace(answer, args.input as never), response } as never;
      },
      { step: "initialize", name: "wrongAnswers" },
    ),
});
