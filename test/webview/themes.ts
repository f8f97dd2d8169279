/** The variables of VS Code's default themes that the inspector and its controls read, as a webview of VS Code 1.139 has them. */
export interface Theme {
  readonly bodyClass: string;
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

export const THEME_NAMES = ['light', 'dark', 'hc-dark', 'hc-light'] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    bodyClass: 'vscode-light',
    kind: 'vscode-light',
    variables: {
      '--vscode-badge-background': '#0069cc',
      '--vscode-badge-foreground': '#ffffff',
      '--vscode-button-background': '#0069cc',
      '--vscode-button-border': '#0069cc',
      '--vscode-button-foreground': '#ffffff',
      '--vscode-button-hoverBackground': '#0063c1',
      '--vscode-button-secondaryBackground': '#eaeaea',
      '--vscode-button-secondaryBorder': '#eaeaea',
      '--vscode-button-secondaryForeground': '#202020',
      '--vscode-button-secondaryHoverBackground': '#f2f3f4',
      '--vscode-charts-blue': '#1a5cff',
      '--vscode-charts-green': '#388a34',
      '--vscode-charts-orange': '#d18616',
      '--vscode-charts-purple': '#652d90',
      '--vscode-charts-red': '#ad0707',
      '--vscode-charts-yellow': '#bf8803',
      '--vscode-checkbox-background': '#eaeaea',
      '--vscode-checkbox-border': '#868686',
      '--vscode-checkbox-foreground': '#606060',
      '--vscode-debugTokenExpression-boolean': '#0000ff',
      '--vscode-debugTokenExpression-name': '#9b46b0',
      '--vscode-debugTokenExpression-number': '#098658',
      '--vscode-debugTokenExpression-string': '#a31515',
      '--vscode-descriptionForeground': '#606060',
      '--vscode-dropdown-background': '#ffffff',
      '--vscode-dropdown-border': '#d8d8d8',
      '--vscode-dropdown-foreground': '#202020',
      '--vscode-editor-background': '#ffffff',
      '--vscode-editor-findMatchBackground': 'rgba(0, 105, 204, 0.25)',
      '--vscode-editor-findMatchHighlightBackground': 'rgba(0, 105, 204, 0.1)',
      '--vscode-editor-font-family': "'Droid Sans Mono', monospace",
      '--vscode-editor-font-size': '14px',
      '--vscode-editor-foreground': '#202020',
      '--vscode-editorError-foreground': '#e51400',
      '--vscode-editorWarning-foreground': '#bf8803',
      '--vscode-editorWidget-background': '#fafafd',
      '--vscode-errorForeground': '#ad0707',
      '--vscode-focusBorder': '#0069cc',
      '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
      '--vscode-font-size': '13px',
      '--vscode-font-weight': 'normal',
      '--vscode-foreground': '#202020',
      '--vscode-icon-foreground': '#606060',
      '--vscode-input-background': '#ffffff',
      '--vscode-input-border': '#d8d8d8',
      '--vscode-input-foreground': '#202020',
      '--vscode-input-placeholderForeground': '#999999',
      '--vscode-inputValidation-errorBorder': '#be1100',
      '--vscode-inputValidation-warningBackground': '#fdf6e3',
      '--vscode-inputValidation-warningBorder': '#b69500',
      '--vscode-inputValidation-warningForeground': '#202020',
      '--vscode-keybindingLabel-background': 'rgba(221, 221, 221, 0.4)',
      '--vscode-keybindingLabel-border': 'rgba(204, 204, 204, 0.4)',
      '--vscode-keybindingLabel-bottomBorder': 'rgba(187, 187, 187, 0.4)',
      '--vscode-keybindingLabel-foreground': '#3b3b3b',
      '--vscode-list-activeSelectionBackground': 'rgba(0, 0, 0, 0.14)',
      '--vscode-list-activeSelectionForeground': '#202020',
      '--vscode-list-hoverBackground': 'rgba(0, 0, 0, 0.08)',
      '--vscode-list-inactiveSelectionBackground': '#e4e6f1',
      '--vscode-menu-background': '#fafafd',
      '--vscode-menu-border': '#e4e5e6',
      '--vscode-menu-foreground': '#202020',
      '--vscode-menu-selectionBackground': 'rgba(0, 0, 0, 0.08)',
      '--vscode-menu-selectionForeground': '#202020',
      '--vscode-panel-background': '#fafafd',
      '--vscode-panel-border': '#f0f1f2',
      '--vscode-panelTitle-activeBorder': '#000000',
      '--vscode-panelTitle-activeForeground': '#202020',
      '--vscode-panelTitle-inactiveForeground': '#606060',
      '--vscode-problemsWarningIcon-foreground': '#895503',
      '--vscode-progressBar-background': '#0069cc',
      '--vscode-sash-hoverBorder': '#0069cc',
      '--vscode-scrollbarSlider-activeBackground': 'rgba(100, 100, 100, 0.88)',
      '--vscode-scrollbarSlider-background': 'rgba(100, 100, 100, 0.75)',
      '--vscode-scrollbarSlider-hoverBackground': 'rgba(100, 100, 100, 0.82)',
      '--vscode-settings-dropdownListBorder': '#e4e5e6',
      '--vscode-textBlockQuote-background': '#eaeaea',
      '--vscode-textBlockQuote-border': '#f0f1f2',
      '--vscode-textCodeBlock-background': '#eaeaea',
      '--vscode-textLink-activeForeground': '#0069cc',
      '--vscode-textLink-foreground': '#0069cc',
      '--vscode-textPreformat-background': '#ececec',
      '--vscode-textPreformat-foreground': '#606060',
      '--vscode-widget-border': '#e2e2e5',
      '--vscode-widget-shadow': 'rgba(0, 0, 0, 0)',
    },
  },
  dark: {
    bodyClass: 'vscode-dark',
    kind: 'vscode-dark',
    variables: {
      '--vscode-badge-background': '#307e9f',
      '--vscode-badge-foreground': '#ffffff',
      '--vscode-button-background': '#297aa0',
      '--vscode-button-border': '#297aa0',
      '--vscode-button-foreground': '#ffffff',
      '--vscode-button-hoverBackground': '#2b7da3',
      '--vscode-button-secondaryBackground': 'rgba(0, 0, 0, 0)',
      '--vscode-button-secondaryBorder': '#333536',
      '--vscode-button-secondaryForeground': '#cccccc',
      '--vscode-button-secondaryHoverBackground': 'rgba(255, 255, 255, 0.06)',
      '--vscode-charts-blue': '#57a3f8',
      '--vscode-charts-green': '#86cf86',
      '--vscode-charts-orange': '#d18616',
      '--vscode-charts-purple': '#b180d7',
      '--vscode-charts-red': '#ef8773',
      '--vscode-charts-yellow': '#e5ba7d',
      '--vscode-checkbox-background': '#242526',
      '--vscode-checkbox-border': '#707070',
      '--vscode-checkbox-foreground': '#8c8c8c',
      '--vscode-debugTokenExpression-boolean': '#4e94ce',
      '--vscode-debugTokenExpression-name': '#c586c0',
      '--vscode-debugTokenExpression-number': '#b5cea8',
      '--vscode-debugTokenExpression-string': '#ce9178',
      '--vscode-descriptionForeground': '#8c8c8c',
      '--vscode-dropdown-background': '#191a1b',
      '--vscode-dropdown-border': '#333536',
      '--vscode-dropdown-foreground': '#bfbfbf',
      '--vscode-editor-background': '#121314',
      '--vscode-editor-findMatchBackground': 'rgba(39, 103, 130, 0.56)',
      '--vscode-editor-findMatchHighlightBackground': 'rgba(39, 103, 130, 0.5)',
      '--vscode-editor-font-family': "'Droid Sans Mono', monospace",
      '--vscode-editor-font-size': '14px',
      '--vscode-editor-foreground': '#bbbebf',
      '--vscode-editorError-foreground': '#f14c4c',
      '--vscode-editorWarning-foreground': '#cca700',
      '--vscode-editorWidget-background': '#202122',
      '--vscode-errorForeground': '#f48771',
      '--vscode-focusBorder': 'rgba(57, 148, 188, 0.7)',
      '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
      '--vscode-font-size': '13px',
      '--vscode-font-weight': 'normal',
      '--vscode-foreground': '#bfbfbf',
      '--vscode-icon-foreground': '#8c8c8c',
      '--vscode-input-background': '#191a1b',
      '--vscode-input-border': '#333536',
      '--vscode-input-foreground': '#bfbfbf',
      '--vscode-input-placeholderForeground': '#555555',
      '--vscode-inputValidation-errorBorder': '#be1100',
      '--vscode-inputValidation-warningBackground': '#352a05',
      '--vscode-inputValidation-warningBorder': '#b89500',
      '--vscode-inputValidation-warningForeground': '#bfbfbf',
      '--vscode-keybindingLabel-background': 'rgba(128, 128, 128, 0.17)',
      '--vscode-keybindingLabel-border': 'rgba(51, 51, 51, 0.6)',
      '--vscode-keybindingLabel-bottomBorder': 'rgba(68, 68, 68, 0.6)',
      '--vscode-keybindingLabel-foreground': '#cccccc',
      '--vscode-list-activeSelectionBackground': 'rgba(255, 255, 255, 0.13)',
      '--vscode-list-activeSelectionForeground': '#ededed',
      '--vscode-list-hoverBackground': 'rgba(255, 255, 255, 0.08)',
      '--vscode-list-inactiveSelectionBackground': '#37373d',
      '--vscode-menu-background': '#202122',
      '--vscode-menu-border': '#333536',
      '--vscode-menu-foreground': '#bfbfbf',
      '--vscode-menu-selectionBackground': 'rgba(255, 255, 255, 0.08)',
      '--vscode-menu-selectionForeground': '#ededed',
      '--vscode-panel-background': '#191a1b',
      '--vscode-panel-border': '#2a2b2c',
      '--vscode-panelTitle-activeBorder': '#3994bc',
      '--vscode-panelTitle-activeForeground': '#bfbfbf',
      '--vscode-panelTitle-inactiveForeground': '#8c8c8c',
      '--vscode-problemsWarningIcon-foreground': '#cca700',
      '--vscode-progressBar-background': '#878889',
      '--vscode-sash-hoverBorder': '#297aa0',
      '--vscode-scrollbarSlider-activeBackground': 'rgba(168, 169, 170, 0.61)',
      '--vscode-scrollbarSlider-background': 'rgba(168, 169, 170, 0.52)',
      '--vscode-scrollbarSlider-hoverBackground': 'rgba(168, 169, 170, 0.56)',
      '--vscode-settings-dropdownListBorder': '#2a2b2c',
      '--vscode-textBlockQuote-background': '#242526',
      '--vscode-textBlockQuote-border': '#2a2b2c',
      '--vscode-textCodeBlock-background': '#242526',
      '--vscode-textLink-activeForeground': '#53a5ca',
      '--vscode-textLink-foreground': '#48a0c7',
      '--vscode-textPreformat-background': '#262626',
      '--vscode-textPreformat-foreground': '#8c8c8c',
      '--vscode-widget-border': '#2a2b2c',
      '--vscode-widget-shadow': 'rgba(0, 0, 0, 0.36)',
    },
  },
  'hc-dark': {
    bodyClass: 'vscode-high-contrast',
    kind: 'vscode-high-contrast',
    variables: {
      '--vscode-badge-background': '#000000',
      '--vscode-badge-foreground': '#ffffff',
      '--vscode-button-background': '#000000',
      '--vscode-button-border': '#6fc3df',
      '--vscode-button-foreground': '#ffffff',
      '--vscode-button-hoverBackground': '#000000',
      '--vscode-button-secondaryBorder': '#6fc3df',
      '--vscode-button-secondaryForeground': '#ffffff',
      '--vscode-charts-blue': '#59a4f9',
      '--vscode-charts-green': '#89d185',
      '--vscode-charts-orange': '#ea5c00',
      '--vscode-charts-purple': '#b180d7',
      '--vscode-charts-red': '#f48771',
      '--vscode-charts-yellow': '#ffd370',
      '--vscode-checkbox-background': '#000000',
      '--vscode-checkbox-border': '#6fc3df',
      '--vscode-checkbox-foreground': '#ffffff',
      '--vscode-contrastActiveBorder': '#f38518',
      '--vscode-contrastBorder': '#6fc3df',
      '--vscode-debugTokenExpression-boolean': '#75bdfe',
      '--vscode-debugTokenExpression-name': '#ffffff',
      '--vscode-debugTokenExpression-number': '#89d185',
      '--vscode-debugTokenExpression-string': '#f48771',
      '--vscode-descriptionForeground': 'rgba(255, 255, 255, 0.7)',
      '--vscode-dropdown-background': '#000000',
      '--vscode-dropdown-border': '#6fc3df',
      '--vscode-dropdown-foreground': '#ffffff',
      '--vscode-editor-background': '#000000',
      '--vscode-editor-font-family': "'Droid Sans Mono', monospace",
      '--vscode-editor-font-size': '14px',
      '--vscode-editor-foreground': '#ffffff',
      '--vscode-editorError-foreground': '#f48771',
      '--vscode-editorWarning-foreground': '#ffd370',
      '--vscode-editorWidget-background': '#0c141f',
      '--vscode-errorForeground': '#f48771',
      '--vscode-focusBorder': '#f38518',
      '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
      '--vscode-font-size': '13px',
      '--vscode-font-weight': 'normal',
      '--vscode-foreground': '#ffffff',
      '--vscode-icon-foreground': '#ffffff',
      '--vscode-input-background': '#000000',
      '--vscode-input-border': '#6fc3df',
      '--vscode-input-foreground': '#ffffff',
      '--vscode-input-placeholderForeground': 'rgba(255, 255, 255, 0.7)',
      '--vscode-inputValidation-errorBorder': '#6fc3df',
      '--vscode-inputValidation-warningBackground': '#000000',
      '--vscode-inputValidation-warningBorder': '#6fc3df',
      '--vscode-keybindingLabel-background': 'rgba(0, 0, 0, 0)',
      '--vscode-keybindingLabel-border': '#6fc3df',
      '--vscode-keybindingLabel-bottomBorder': '#6fc3df',
      '--vscode-keybindingLabel-foreground': '#ffffff',
      '--vscode-list-hoverBackground': 'rgba(255, 255, 255, 0.1)',
      '--vscode-menu-background': '#000000',
      '--vscode-menu-border': '#6fc3df',
      '--vscode-menu-foreground': '#ffffff',
      '--vscode-menu-selectionForeground': '#ffffff',
      '--vscode-panel-background': '#000000',
      '--vscode-panel-border': '#6fc3df',
      '--vscode-panelTitle-activeBorder': '#6fc3df',
      '--vscode-panelTitle-activeForeground': '#ffffff',
      '--vscode-panelTitle-inactiveForeground': '#ffffff',
      '--vscode-problemsWarningIcon-foreground': '#ffd370',
      '--vscode-progressBar-background': '#6fc3df',
      '--vscode-sash-hoverBorder': '#f38518',
      '--vscode-scrollbarSlider-activeBackground': '#6fc3df',
      '--vscode-scrollbarSlider-background': 'rgba(111, 195, 223, 0.6)',
      '--vscode-scrollbarSlider-hoverBackground': 'rgba(111, 195, 223, 0.8)',
      '--vscode-settings-dropdownListBorder': '#6fc3df',
      '--vscode-textBlockQuote-border': '#ffffff',
      '--vscode-textCodeBlock-background': '#000000',
      '--vscode-textLink-activeForeground': '#21a6ff',
      '--vscode-textLink-foreground': '#21a6ff',
      '--vscode-textPreformat-foreground': '#ffffff',
      '--vscode-widget-border': '#6fc3df',
    },
  },
  'hc-light': {
    bodyClass: 'vscode-high-contrast-light vscode-high-contrast',
    kind: 'vscode-high-contrast-light',
    variables: {
      '--vscode-badge-background': '#0f4a85',
      '--vscode-badge-foreground': '#ffffff',
      '--vscode-button-background': '#0f4a85',
      '--vscode-button-border': '#0f4a85',
      '--vscode-button-foreground': '#ffffff',
      '--vscode-button-hoverBackground': '#0f4a85',
      '--vscode-button-secondaryBackground': '#ffffff',
      '--vscode-button-secondaryBorder': '#0f4a85',
      '--vscode-button-secondaryForeground': '#292929',
      '--vscode-charts-blue': '#0063d3',
      '--vscode-charts-green': '#374e06',
      '--vscode-charts-orange': '#b5200d',
      '--vscode-charts-purple': '#652d90',
      '--vscode-charts-red': '#b5200d',
      '--vscode-charts-yellow': '#895503',
      '--vscode-checkbox-background': '#ffffff',
      '--vscode-checkbox-border': '#0f4a85',
      '--vscode-checkbox-foreground': '#292929',
      '--vscode-contrastActiveBorder': '#006bbd',
      '--vscode-contrastBorder': '#0f4a85',
      '--vscode-debugTokenExpression-boolean': '#0000ff',
      '--vscode-debugTokenExpression-name': '#292929',
      '--vscode-debugTokenExpression-number': '#098658',
      '--vscode-debugTokenExpression-string': '#a31515',
      '--vscode-descriptionForeground': 'rgba(41, 41, 41, 0.7)',
      '--vscode-dropdown-background': '#ffffff',
      '--vscode-dropdown-border': '#0f4a85',
      '--vscode-dropdown-foreground': '#292929',
      '--vscode-editor-background': '#ffffff',
      '--vscode-editor-font-family': "'Droid Sans Mono', monospace",
      '--vscode-editor-font-size': '14px',
      '--vscode-editor-foreground': '#292929',
      '--vscode-editorError-foreground': '#b5200d',
      '--vscode-editorWarning-foreground': '#895503',
      '--vscode-editorWidget-background': '#ffffff',
      '--vscode-errorForeground': '#b5200d',
      '--vscode-focusBorder': '#006bbd',
      '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
      '--vscode-font-size': '13px',
      '--vscode-font-weight': 'normal',
      '--vscode-foreground': '#292929',
      '--vscode-icon-foreground': '#292929',
      '--vscode-input-background': '#ffffff',
      '--vscode-input-border': '#0f4a85',
      '--vscode-input-foreground': '#292929',
      '--vscode-input-placeholderForeground': 'rgba(41, 41, 41, 0.7)',
      '--vscode-inputValidation-errorBorder': '#0f4a85',
      '--vscode-inputValidation-warningBackground': '#ffffff',
      '--vscode-inputValidation-warningBorder': '#0f4a85',
      '--vscode-inputValidation-warningForeground': '#292929',
      '--vscode-keybindingLabel-background': 'rgba(0, 0, 0, 0)',
      '--vscode-keybindingLabel-border': '#0f4a85',
      '--vscode-keybindingLabel-bottomBorder': '#292929',
      '--vscode-keybindingLabel-foreground': '#292929',
      '--vscode-list-activeSelectionBackground': 'rgba(15, 74, 133, 0.1)',
      '--vscode-list-hoverBackground': 'rgba(15, 74, 133, 0.1)',
      '--vscode-menu-background': '#ffffff',
      '--vscode-menu-border': '#0f4a85',
      '--vscode-menu-foreground': '#292929',
      '--vscode-menu-selectionForeground': '#292929',
      '--vscode-panel-background': '#ffffff',
      '--vscode-panel-border': '#0f4a85',
      '--vscode-panelTitle-activeBorder': '#b5200d',
      '--vscode-panelTitle-activeForeground': '#292929',
      '--vscode-panelTitle-inactiveForeground': '#292929',
      '--vscode-problemsWarningIcon-foreground': '#895503',
      '--vscode-progressBar-background': '#0f4a85',
      '--vscode-sash-hoverBorder': '#006bbd',
      '--vscode-scrollbarSlider-activeBackground': '#0f4a85',
      '--vscode-scrollbarSlider-background': 'rgba(15, 74, 133, 0.4)',
      '--vscode-scrollbarSlider-hoverBackground': 'rgba(15, 74, 133, 0.8)',
      '--vscode-settings-dropdownListBorder': '#0f4a85',
      '--vscode-textBlockQuote-background': '#f2f2f2',
      '--vscode-textBlockQuote-border': '#292929',
      '--vscode-textCodeBlock-background': '#f2f2f2',
      '--vscode-textLink-activeForeground': '#0f4a85',
      '--vscode-textLink-foreground': '#0f4a85',
      '--vscode-textPreformat-background': '#09345f',
      '--vscode-textPreformat-foreground': '#ffffff',
      '--vscode-widget-border': '#0f4a85',
    },
  },
};

/** The style sheet that VS Code puts into every webview. */
export const DEFAULT_STYLES = `@layer vscode-default {
	html {
		scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background);
	}

	body {
		overscroll-behavior-x: none;
		background-color: transparent;
		color: var(--vscode-editor-foreground);
		font-family: var(--vscode-font-family);
		font-weight: var(--vscode-font-weight);
		font-size: var(--vscode-font-size);
		margin: 0;
		padding: 0 20px;
	}

	img, video {
		max-width: 100%;
		max-height: 100%;
	}

	a, a code {
		color: var(--vscode-textLink-foreground);
	}

	p > a {
		text-decoration: var(--text-link-decoration);
	}

	a:hover {
		color: var(--vscode-textLink-activeForeground);
	}

	a:focus,
	input:focus,
	select:focus,
	textarea:focus {
		outline: 1px solid -webkit-focus-ring-color;
		outline-offset: -1px;
	}

	code {
		font-family: var(--monaco-monospace-font);
		color: var(--vscode-textPreformat-foreground);
		background-color: var(--vscode-textPreformat-background);
		padding: 1px 3px;
		border-radius: 4px;
	}

	pre code {
		padding: 0;
	}

	blockquote {
		background: var(--vscode-textBlockQuote-background);
		border-color: var(--vscode-textBlockQuote-border);
	}

	kbd {
		background-color: var(--vscode-keybindingLabel-background);
		color: var(--vscode-keybindingLabel-foreground);
		border-style: solid;
		border-width: 1px;
		border-radius: 3px;
		border-color: var(--vscode-keybindingLabel-border);
		border-bottom-color: var(--vscode-keybindingLabel-bottomBorder);
		box-shadow: inset 0 -1px 0 var(--vscode-widget-shadow);
		vertical-align: middle;
		padding: 1px 3px;
	}

	::-webkit-scrollbar {
		width: 10px;
		height: 10px;
	}

	::-webkit-scrollbar-corner {
		background-color: var(--vscode-editor-background);
	}

	::-webkit-scrollbar-thumb {
		background-color: var(--vscode-scrollbarSlider-background);
	}
	::-webkit-scrollbar-thumb:hover {
		background-color: var(--vscode-scrollbarSlider-hoverBackground);
	}
	::-webkit-scrollbar-thumb:active {
		background-color: var(--vscode-scrollbarSlider-activeBackground);
	}
	::highlight(find-highlight) {
		background-color: var(--vscode-editor-findMatchHighlightBackground);
	}
	::highlight(current-find-highlight) {
		background-color: var(--vscode-editor-findMatchBackground);
	}
}
`;
