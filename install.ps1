# Installs bench on Windows: downloads the program, verifies its checksum, puts it into a directory of yours.
# Needs no administrator. For Windows PowerShell 5.1 and PowerShell 7.
#
#   $env:BENCH_VERSION      version to install, such as 1.2.3; default: the latest release
#   $env:BENCH_INSTALL_DIR  directory to install into; default: %LOCALAPPDATA%\bench
#   $env:BENCH_REPOSITORY   OWNER/NAME on GitHub, for a fork
#   $env:BENCH_RELEASES     where releases are, for a mirror; must hold latest/download/... and download/vVERSION/...

function Install-Bench {
  $ErrorActionPreference = 'Stop'
  # Its progress bar makes Windows PowerShell download many times slower.
  $ProgressPreference = 'SilentlyContinue'

  $repository = if ($env:BENCH_REPOSITORY) { $env:BENCH_REPOSITORY } else { 'OWNER/bench' }
  $releases = if ($env:BENCH_RELEASES) { $env:BENCH_RELEASES } else { "https://github.com/$repository/releases" }
  $version = if ($env:BENCH_VERSION) { $env:BENCH_VERSION } else { 'latest' }
  if ($releases -clike 'https://github.com/OWNER/*') { throw 'Name the repository: $env:BENCH_REPOSITORY = "owner/bench"' }
  if ($version -notmatch '^[0-9A-Za-z.+-]+$') { throw "BENCH_VERSION=$version is no version: expected one such as 1.2.3" }

  $from = if ($version -eq 'latest') { "$releases/latest/download" }
    elseif ($version.StartsWith('v')) { "$releases/download/$version" }
    else { "$releases/download/v$version" }
  $folder = if ($env:BENCH_INSTALL_DIR) { $env:BENCH_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'bench' }
  $name = 'bench-windows-x64.exe'
  $program = Join-Path $folder 'bench.exe'

  # Windows PowerShell offers only old versions of TLS by itself.
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

  New-Item -ItemType Directory -Force -Path $folder | Out-Null
  # In the target's directory, so that the last step is a rename: there is never half a program.
  $temporary = Join-Path $folder ('.bench-' + [Guid]::NewGuid().ToString('N'))
  New-Item -ItemType Directory -Path $temporary | Out-Null
  try {
    $sums = Join-Path $temporary 'sums'
    $file = Join-Path $temporary $name
    Invoke-WebRequest -UseBasicParsing -Uri "$from/SHA256SUMS" -OutFile $sums
    $line = Get-Content -LiteralPath $sums | Where-Object { $_ -match ('^[0-9a-f]{64} [ *]' + [regex]::Escape($name) + '$') } |
      Select-Object -First 1
    if (-not $line) { throw "$from/SHA256SUMS has no sum of $name" }
    Invoke-WebRequest -UseBasicParsing -Uri "$from/$name" -OutFile $file
    $expected = $line.Substring(0, 64)
    $found = (Get-FileHash -LiteralPath $file -Algorithm SHA256).Hash.ToLowerInvariant()
    if ($found -ne $expected) {
      throw "$from/$name has the wrong checksum, nothing was installed: expected $expected, found $found"
    }
    $about = & $file --version
    if ($LASTEXITCODE -ne 0) { throw "$name does not run on this system" }
    Move-Item -Force -LiteralPath $file -Destination $program
    Write-Output "Installed $about as $program"
  } finally {
    Remove-Item -Recurse -Force -LiteralPath $temporary -ErrorAction SilentlyContinue
  }
  if (($env:PATH -split ';') -notcontains $folder) {
    Write-Output "Not on your PATH yet: [Environment]::SetEnvironmentVariable('PATH', [Environment]::GetEnvironmentVariable('PATH', 'User') + ';$folder', 'User')"
  }
}

# Last, so that a download of this script that was cut short does nothing.
Install-Bench
