/** The names of the rules and of what they may ask for (docs/how-it-decides.md, "The rules"). */

export type RuleId =
  'R-01' | 'R-02' | 'R-03' | 'R-04' | 'R-05' | 'R-06' | 'R-07' | 'R-08' | 'R-09' | 'R-10' | 'R-11' | 'R-12';

/** `none`: nothing to do · `hold`: something is wrong and we wait · `alert`: a person must act · `restart`. */
export type Action = 'none' | 'hold' | 'alert' | 'restart';
