/** Three digits that count, with commas between thousands: 27,400, 437, 2.71, 0.06. */
export function short(number: number): string {
  if (!Number.isFinite(number)) return '–';
  if (Number.isInteger(number) && Math.abs(number) < 1000) return String(number);
  const exponent = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(number)));
  const decimals = Math.min(2, Math.max(0, 2 - exponent));
  const unit = 10 ** Math.max(-2, exponent - 2);
  const rounded = Math.round(number / unit) * unit;
  return rounded.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${short(ratio)} ×` : '–';
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
