/** oclif reads the variable of a flag itself and shows it in the help. */
export const variable = (name: string): {readonly env: string} => ({env: `FRIGATE_HC_${name}`});
