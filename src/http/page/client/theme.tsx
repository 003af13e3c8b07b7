/** Light, dark, or as the system says; kept in the browser. */
import {useState, type ReactNode} from 'react';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'frigate-health-theme';

const stored = (): Theme => {
  try {
    const found = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === found) ?? 'auto';
  } catch {
    return 'auto';
  }
};

export const applyTheme = (theme: Theme = stored()): void => {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

export const ThemeButton = (): ReactNode => {
  const [theme, setTheme] = useState(stored);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  return (
    <button
      type="button"
      className="quiet-button"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      onClick={() => {
        try {
          localStorage.setItem(KEY, next);
        } catch {
          // Without storage it holds until the page is left.
        }
        applyTheme(next);
        setTheme(next);
      }}
    >
      Theme: {theme}
    </button>
  );
};
