declare const labName: unique symbol

/** A checked lab name: 1 to 40 of a–z, 0–9, `-`; starts with a letter, does not end in `-`. */
export type LabName = string & { readonly [labName]: true }

export const isLabName = (text: string): text is LabName => /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(text)
