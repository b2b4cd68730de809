#include "clients/pcctl/completion_script.h"

namespace pcd::pcctl {
namespace {

// For bash 4.3 and later. What is replaced is the part after the last "=", where readline begins
// a word; compopt fails where no completion is going on, as in a test.
constexpr std::string_view kBash =
    R"script(# bash completion of pcctl. For this shell: source <(pcctl completion bash)
_pcctl() {
  local program=${COMP_WORDS[0]/#\~\//$HOME/} words=() joins='' prefix='' word line i
  # Readline takes "=" and ":" for words of their own: they are joined with their neighbours.
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if ((${#words[@]} > 0)) && [[ -n $joins || $word =~ ^[=:]+$ ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word =~ ^[=:]+$ ]]; then joins=yes; else joins=''; fi
  done
  word=${words[${#words[@]} - 1]}
  if [[ $COMP_WORDBREAKS == *=* && $word == *=* ]]; then prefix=${word%=*}=; fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("${line#"$prefix"}")
    fi
  done < <("$program" __complete "${words[@]}" 2>/dev/null)
}
complete -F _pcctl pcctl
)script";

constexpr std::string_view kZsh = R"script(#compdef pcctl
# zsh completion of pcctl. For this shell, after compinit: source <(pcctl completion zsh)
_pcctl() {
  local program=${words[1]/#\~\//$HOME/}
  local -a found
  found=(${(f)"$("$program" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)"})
  if [[ ${found[1]} == :files ]]; then
    _files
  else
    compadd -- "${found[@]}"
  fi
}
# As a file of $fpath this is the function itself.
if [[ ${funcstack[1]} == _pcctl ]]; then
  _pcctl "$@"
else
  compdef _pcctl pcctl
fi
)script";

struct Script {
  std::string_view shell;
  std::string_view text;
};

constexpr Script kScripts[] = {{"bash", kBash}, {"zsh", kZsh}};

}  // namespace

std::vector<std::string> ShellNames() {
  std::vector<std::string> names;
  for (const Script& script : kScripts) names.emplace_back(script.shell);
  return names;
}

std::string_view CompletionScript(std::string_view shell) {
  for (const Script& script : kScripts) {
    if (script.shell == shell) return script.text;
  }
  return {};
}

}  // namespace pcd::pcctl
