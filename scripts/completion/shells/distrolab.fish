# fish completion of distrolab.
#   distrolab completion fish | source
# or once:
#   distrolab completion fish >~/.config/fish/completions/distrolab.fish

function __distrolab_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)

    # What follows -- is a command of its own.
    if set -l dashes (contains -i -- -- $before)
        set -l command (string escape -- $before[(math $dashes + 1)..-1])
        complete -C (string join -- ' ' $command $current)
        return
    end

    set -l program (string replace -r -- '^~/' ~/ $before[1])
    set -l lines ($program __complete fish $before[2..-1] $current 2>/dev/null)
    switch "$lines[1]"
        case files folders
            set -l prefix (string match -r -- '^--[^=]*=' $current)
            for name in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $current))
                printf '%s%s\n' $prefix $name
            end
        case words
            printf '%s\n' $lines[2..-1]
    end
end

complete -c distrolab -f -a '(__distrolab_complete)'
