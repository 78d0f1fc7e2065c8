import metadata from "libphonenumber-js/metadata.min.json";

// The layout of the library's metadata is described in its METADATA.md. Its own functions compile the patterns anew for each
// number, which takes ten times as long as all else here.
type Country = readonly unknown[];
const nationalPattern = 2;
const possibleLengths = 3;

const { country_calling_codes: countriesOf, countries } = metadata as unknown as {
  country_calling_codes: Readonly<Record<string, readonly string[]>>;
  countries: Readonly<Record<string, Country>>;
};

type Plan = { pattern: RegExp; lengths: readonly number[] };

const plans = new Map<string, readonly Plan[]>();

/** The plans of the countries that have a calling code. */
const plansOf = (callingCode: string): readonly Plan[] => {
  let found = plans.get(callingCode);
  if (found === undefined) {
    found = (countriesOf[callingCode] ?? []).map((country) => ({
      pattern: new RegExp(`^(?:${countries[country]![nationalPattern]})$`),
      lengths: countries[country]![possibleLengths] as number[],
    }));
    plans.set(callingCode, found);
  }
  return found;
};

/** The country gives numbers with these digits after its calling code. */
export const isNationalNumber = (callingCode: string, digits: string): boolean =>
  plansOf(callingCode).some(
    ({ pattern, lengths }) => lengths.includes(digits.length) && pattern.test(digits),
  );

/** These digits begin with a calling code and are a number of that country. A zero after the code, as in +44 (0)20, is none of it. */
export const isInternationalNumber = (digits: string): boolean => {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    if (countriesOf[code] === undefined) continue;
    const national = digits.slice(length);
    return (
      isNationalNumber(code, national) || (national[0] === "0" && isNationalNumber(code, national.slice(1)))
    );
  }
  return false;
};
