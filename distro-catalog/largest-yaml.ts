/** Far more than people write by hand; the parser takes seconds for much more. In bytes. */
export const LARGEST_YAML = 64 * 1024
