/** An expression of the workflow definition language, parsed. */
export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'call'; name: string; args: Expression[] }
  | { kind: 'access'; of: Expression; key: Expression };

/**
 * The expressions in a text of a flow: all of it after a single `@`, or what stands in `@{…}`. `@@` is a plain @.
 * @see https://learn.microsoft.com/azure/logic-apps/workflow-definition-language-functions-reference
 */
export function expressionsIn(text: string): Expression[] {
  if (/^@(?![@{])/.test(text)) return [parseExpression(text.slice(1))];
  const found: Expression[] = [];
  for (const match of text.matchAll(/(?<!@)@\{/g)) {
    const reader = new Reader(text, match.index + 2);
    found.push(reader.expression());
    reader.take(/\}/y, '}');
  }
  return found;
}

export function parseExpression(text: string): Expression {
  const reader = new Reader(text, 0);
  const expression = reader.expression();
  reader.take(/$/y, 'the end');
  return expression;
}

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  expression(): Expression {
    let expression = this.#primary();
    for (;;) {
      if (this.#try(/\??\[/y) !== null) {
        expression = { kind: 'access', of: expression, key: this.expression() };
        this.take(/\]/y, ']');
        continue;
      }
      const name = this.#try(/\??\.([A-Za-z_]\w*)/y);
      if (name === null) return expression;
      expression = { kind: 'access', of: expression, key: { kind: 'literal', value: name } };
    }
  }

  take(pattern: RegExp, what: string): string {
    const taken = this.#try(pattern);
    if (taken === null) throw new SyntaxError(`Expected ${what} at ${this.#at} of ${this.#text}`);
    return taken;
  }

  #primary(): Expression {
    const text = this.#try(/'((?:[^']|'')*)'/y);
    if (text !== null) return { kind: 'literal', value: text.replaceAll("''", "'") };
    const number = this.#try(/(-?\d+(?:\.\d+)?)/y);
    if (number !== null) return { kind: 'literal', value: Number(number) };
    const name = this.take(/([A-Za-z_]\w*)/y, 'a name, a number or a text');
    if (this.#try(/\(/y) === null) return { kind: 'literal', value: constant(name) };
    const args: Expression[] = [];
    if (this.#try(/\)/y) !== null) return { kind: 'call', name, args };
    do args.push(this.expression());
    while (this.#try(/,/y) !== null);
    this.take(/\)/y, ')');
    return { kind: 'call', name, args };
  }

  /** What the pattern matches here, or its group; null if it does not match. Blanks before it are passed over. */
  #try(pattern: RegExp): string | null {
    const start = this.#at + (/^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0);
    pattern.lastIndex = start;
    const match = pattern.exec(this.#text);
    if (!match) return null;
    this.#at = start + match[0].length;
    return match[1] ?? match[0];
  }
}

function constant(name: string): boolean | null {
  if (name === 'true' || name === 'false') return name === 'true';
  if (name === 'null') return null;
  throw new SyntaxError(`${name} is neither a function nor a constant`);
}
