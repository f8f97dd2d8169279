import type { CommandChoices } from './choices.js';

export function powershellScript(commands: readonly CommandChoices[]): string {
  return `# Completion of wsprobe for PowerShell: wsprobe completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName wsprobe -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.map(({ about, name }) => `    ${quoted(name)} = ${quoted(about)}`).join('\n')}
  }
  $first = @{
${commands.flatMap(({ first, name }) => (first.length === 0 ? [] : [`    ${quoted(name)} = ${list(first)}`])).join('\n')}
  }
  $options = @{
${commands.map(({ name, options }) => `    ${quoted(name)} = ${list(options.map((option) => `--${option.name}`))}`).join('\n')}
  }
  $values = @{
${valueLines(commands).join('\n')}
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $offered = @()
  if ($words.Count -le 1) { $offered = @($commands.Keys) + '--help', '--version' }
  else {
    $command = $words[1]
    $key = "$command $($words[-1])"
    if ($words.Count -gt 2 -and $values.ContainsKey($key)) {
      $offered = $values[$key]
      if ($offered -contains ':environments') { $offered = @(& wsprobe completion environments 2>$null) }
    }
    elseif ($wordToComplete -like '-*') { $offered = $options[$command] }
    elseif ($words.Count -eq 2) { $offered = $first[$command] }
  }
  $offered | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    $about = if ($words.Count -le 1 -and $commands.Contains($_)) { $commands[$_] } else { $_ }
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $about)
  }
}
`;
}

/** Nothing offered is where PowerShell completes files by itself. */
function valueLines(commands: readonly CommandChoices[]): string[] {
  return commands.flatMap(({ name: command, options }) =>
    options.flatMap(({ name, short, value }) => {
      if (value === null) return [];
      const words = value.more === 'environments' ? [':environments'] : value.words;
      const keys = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
      return keys.map((key) => `    ${quoted(`${command} ${key}`)} = ${list(words)}`);
    }),
  );
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
