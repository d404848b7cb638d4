/** What a person must do, for each code of Microsoft Entra ID that always has the same remedy. */
const remedies = new Map([
  ['7000222', "The application's secret has expired: make a new one and set AZURE_CLIENT_SECRET"],
  ['7000215', "Set AZURE_CLIENT_SECRET to the secret's value, not to its ID"],
  ['700016', 'Check AZURE_CLIENT_ID and AZURE_TENANT_ID'],
  ['500011', 'Check that the address of F&O is right, and that AZURE_TENANT_ID is its tenant'],
  ['90002', 'Check AZURE_TENANT_ID'],
  ['900023', 'Check AZURE_TENANT_ID'],
  ['7000112', 'The application is switched off: switch it on in Microsoft Entra ID'],
]);

/** Ends at the first full stop, or before the ids that Entra adds. */
const firstSentence =
  /AADSTS(?<code>\d+): *(?<reason>.*?)(?=\.\s|\.?\s*(?:Trace ID|Correlation ID|Timestamp):|\.?\s*[\r\n]|\.?$)/s;

/**
 * Returns the code and the first sentence of a Microsoft Entra ID error, and the remedy; null if the text holds
 * none.
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function describeEntraError(text: string, maxLength: number): string | null {
  const { code, reason } = firstSentence.exec(text)?.groups ?? {};
  if (code === undefined || reason === undefined) return null;
  const remedy = remedies.get(code);
  const sentence = `AADSTS${code}: ${reason}`;
  return remedy === undefined
    ? sentence.slice(0, maxLength)
    : `${sentence.slice(0, maxLength - remedy.length - 2)}. ${remedy}`;
}
