/** The transfer curve of sRGB (IEC 61966-2-1, 5.2), between a stored value of 0-1 and a linear value of 0-1. */

export function srgbToLight(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

export function lightToSrgb(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}
