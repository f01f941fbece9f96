# Splits text into words as a shell would, and does nothing else that a shell would do: nothing is expanded, nothing is
# run. Blanks and line breaks part words; '…' and "…" keep them together; \ takes the meaning from the next character.
# For sourcing.
# shellcheck shell=bash

# split_words TEXT: leaves the words in the array WORDS; returns 1 when a quotation is not closed.
split_words() {
  local text="$1" word="" started="" quote="" at sign
  WORDS=()
  for ((at = 0; at < ${#text}; at++)); do
    sign="${text:at:1}"
    if [ "$quote" = "'" ]; then
      if [ "$sign" = "'" ]; then quote=""; else word+="$sign"; fi
    elif [ "$sign" = "\\" ]; then
      at=$((at + 1))
      sign="${text:at:1}"
      case "${quote:-.}$sign" in
        [.\"]$'\n') continue ;; # A line that goes on.
        \"[\"\\\$\`]) ;;
        \"*) word+="\\" ;; # Between double quotes it is an ordinary character before most others.
      esac
      word+="$sign" started=yes
    elif [ -n "$quote" ]; then
      if [ "$sign" = "$quote" ]; then quote=""; else word+="$sign"; fi
    else
      case "$sign" in
        "'" | '"') quote="$sign" started=yes ;;
        [[:space:]])
          [ -z "$started" ] || WORDS+=("$word")
          word="" started=""
          ;;
        *) word+="$sign" started=yes ;;
      esac
    fi
  done
  [ -z "$started" ] || WORDS+=("$word")
  [ -z "$quote" ]
}

# split_lines TEXT: leaves the lines that are not blank in the array LINES_FOUND, without blanks around them.
split_lines() {
  local line
  LINES_FOUND=()
  while IFS= read -r line || [ -n "$line" ]; do
    line="${line//$'\r'/}"
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [ -z "$line" ] || LINES_FOUND+=("$line")
  done <<<"$1"
}
