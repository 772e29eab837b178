/**
 * A span of time as a clock shows it: `0:07`, `12:34`, `1:02:03`, `2d 03:04:05`; `--:--` where it is unknown.
 * @param seconds rounded down
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '--:--';
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const clock = `${two(minutes)}:${two(whole % 60)}`;
  if (days > 0) return `${days}d ${two(hours)}:${clock}`;
  return hours > 0 ? `${hours}:${clock}` : clock.replace(/^0(?=\d:)/, '');
}

/**
 * A rate in three digits: `123 it/s`, `4.56 it/s`; slow work as time for one: `2.50 s/it`, `1.50 min/it`.
 * @param perSecond items a second; not positive or not finite gives `-- it/s`
 */
export function formatRate(perSecond: number, unit = 'it'): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return `-- ${unit}/s`;
  if (perSecond >= 1) return `${threeDigits(perSecond)} ${unit}/s`;
  const seconds = 1 / perSecond;
  return seconds < 60 ? `${threeDigits(seconds)} s/${unit}` : `${threeDigits(seconds / 60)} min/${unit}`;
}

/** A byte count in the largest unit that keeps it at 1 or more: `512 B`, `7.79 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : threeDigits(bytes / 1024 ** power)} ${units[power]}`;
}

const threeDigits = (value: number): string =>
  value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
