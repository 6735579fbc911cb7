/** Lab names that mean something to a language, a tool or a system on the way from the command line to the machine. */
export const specialNames: readonly string[] = [
  // Every JavaScript object has these names.
  ...['constructor', 'prototype', 'tostring', 'valueof'],
  // YAML 1.1 reads these as something other than text.
  ...['no', 'on', 'off', 'yes', 'y', 'n', 'null', 'true', 'false', 'e1', 'x0'],
  // OpenTofu's own words.
  ...['for', 'if', 'in', 'count', 'each', 'self', 'terraform', 'provider', 'local', 'data', 'module'],
  ...['lifecycle', 'backend', 'output', 'resource', 'variable', 'default', 'workspace', 'moved', 'check'],
  // Names of devices, computers and users.
  ...['con', 'nul', 'aux', 'prn', 'com1', 'localhost', 'root', 'admin'],
  // Names that our own files, resources, providers and verbs have.
  ...['machines', 'main', 'labs', 'images', 'keys', 'logs', 'work', 'plans', 'turns', 'record', 'lease'],
  ...['aws', 'azure', 'google', 'image', 'network', 'access', 'break', 'status', 'init', 'help', 'version'],
  // The ends of the rule.
  ...['a', 'a1', 'a--b', `a${'1'.repeat(39)}`, `a${'-'.repeat(38)}b`],
]
