/** What a person must do, by the code of Microsoft Entra ID, where it is the same every time. */
const remedies = new Map([
  ['7000222', "The application's secret has expired: make a new one and set AZURE_CLIENT_SECRET"],
  ['7000215', "Set AZURE_CLIENT_SECRET to the secret's value, not to its ID"],
  ['700016', 'Check AZURE_CLIENT_ID and AZURE_TENANT_ID'],
  ['500011', 'Check that the address of F&O is right, and that AZURE_TENANT_ID is its tenant'],
  ['90002', 'Check AZURE_TENANT_ID'],
  ['900023', 'Check AZURE_TENANT_ID'],
  ['7000112', 'The application is switched off: switch it on in Microsoft Entra ID'],
]);

/** To the first full stop, or to the ids that Entra adds. */
const firstSentence =
  /AADSTS(?<code>\d+): *(?<said>.*?)(?=\.\s|\.?\s*(?:Trace ID|Correlation ID|Timestamp):|\.?\s*[\r\n]|\.?$)/s;

/**
 * The code and the first sentence of an error of Microsoft Entra ID, and what to do; null if the text holds none.
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function describeEntraError(text: string, maxLength: number): string | null {
  const { code, said } = firstSentence.exec(text)?.groups ?? {};
  if (code === undefined || said === undefined) return null;
  const remedy = remedies.get(code);
  const sentence = `AADSTS${code}: ${said}`;
  return remedy === undefined
    ? sentence.slice(0, maxLength)
    : `${sentence.slice(0, maxLength - remedy.length - 2)}. ${remedy}`;
}
