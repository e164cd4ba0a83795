#include "CEditline.h"

#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character holds a Unicode scalar");

const int ce_continue = CC_NORM, ce_accept = CC_NEWLINE, ce_end = CC_EOF, ce_refresh = CC_REFRESH,
          ce_redisplay = CC_REDISPLAY, ce_beep = CC_REFRESH_BEEP;

struct ce_editor {
    EditLine *line;
    FILE *input, *output;
    struct ce_callbacks callbacks;
    wchar_t *prompt;
};

static ce_editor *owner_of(EditLine *line) {
    void *editor = NULL;
    el_wget(line, EL_CLIENTDATA, &editor);
    return editor;
}

static int read_key(EditLine *line, wchar_t *key) {
    ce_editor *editor = owner_of(line);
    uint32_t scalar = 0;
    int answer = editor->callbacks.read_key(editor->callbacks.context, &scalar);
    *key = (wchar_t)scalar;
    return answer;
}

static unsigned char run_key(EditLine *line, int key) {
    ce_editor *editor = owner_of(line);
    return (unsigned char)editor->callbacks.run_key(editor->callbacks.context, (uint32_t)key);
}

static wchar_t *prompt_of(EditLine *line) {
    static wchar_t nothing[] = L"";
    ce_editor *editor = owner_of(line);
    return editor && editor->prompt ? editor->prompt : nothing;
}

ce_editor *ce_open(int input, int output, struct ce_callbacks callbacks) {
    ce_editor *editor = calloc(1, sizeof *editor);
    if (!editor) return NULL;
    editor->callbacks = callbacks;
    editor->input = fdopen(dup(input), "r");
    editor->output = fdopen(dup(output), "w");
    if (editor->input && editor->output)
        editor->line = el_init("kijabi", editor->input, editor->output, editor->output);
    if (!editor->line) {
        ce_close(editor);
        return NULL;
    }
    el_wset(editor->line, EL_CLIENTDATA, editor);
    el_wset(editor->line, EL_SIGNAL, 0);
    el_wset(editor->line, EL_EDITOR, L"emacs");
    el_wset(editor->line, EL_PROMPT_ESC, prompt_of, (wchar_t)1);
    el_wset(editor->line, EL_GETCFN, read_key);
    el_wset(editor->line, EL_ADDFN, L"kijabi-key", L"handled by kijabi", run_key);
    /* Control keys are keys while a line is edited: no signal comes of them, and Ctrl-S does not stop the terminal. */
    el_wset(editor->line, EL_SETTY, L"-d", L"-isig", L"-ixon", NULL);
    return editor;
}

void ce_close(ce_editor *editor) {
    if (!editor) return;
    if (editor->line) el_end(editor->line);
    if (editor->input) fclose(editor->input);
    if (editor->output) fclose(editor->output);
    free(editor->prompt);
    free(editor);
}

void ce_bind_function(ce_editor *editor, uint32_t key, const char *function) {
    wchar_t name[64], keys[8];
    if (mbstowcs(name, function, 63) == (size_t)-1) return;
    name[63] = 0;
    /* Written as an octal escape: libedit reads ^ and \ in a key as syntax. */
    swprintf(keys, 8, L"\\%03o", (unsigned)key & 0377);
    el_wset(editor->line, EL_BIND, keys, name, NULL);
}

void ce_bind(ce_editor *editor, uint32_t key) { ce_bind_function(editor, key, "kijabi-key"); }

void ce_set_prompt(ce_editor *editor, const uint32_t *prompt, size_t count) {
    wchar_t *copy = calloc(count + 1, sizeof *copy);
    if (!copy) return;
    memcpy(copy, prompt, count * sizeof *copy);
    free(editor->prompt);
    editor->prompt = copy;
}

int ce_read(ce_editor *editor) {
    int count = 0;
    /* Before the prompt, which libedit draws first: keys are keys as soon as it can be seen. */
    el_wset(editor->line, EL_PREP_TERM, 1);
    const wchar_t *line = el_wgets(editor->line, &count);
    return line && count > 0;
}

const uint32_t *ce_line(ce_editor *editor, size_t *count, size_t *cursor) {
    const LineInfoW *line = el_wline(editor->line);
    *count = (size_t)(line->lastchar - line->buffer);
    *cursor = (size_t)(line->cursor - line->buffer);
    return (const uint32_t *)line->buffer;
}

bool ce_insert(ce_editor *editor, const uint32_t *text, size_t count) {
    wchar_t *copy = calloc(count + 1, sizeof *copy);
    if (!copy) return false;
    memcpy(copy, text, count * sizeof *copy);
    int answer = count == 0 ? 0 : el_winsertstr(editor->line, copy);
    free(copy);
    return answer == 0;
}

void ce_delete_before(ce_editor *editor, size_t count) {
    if (count > 0) el_deletestr(editor->line, (int)count);
}

void ce_set_cursor(ce_editor *editor, size_t cursor) {
    const LineInfoW *line = el_wline(editor->line);
    el_cursor(editor->line, (int)((long)cursor - (line->cursor - line->buffer)));
}

void ce_refresh_all(ce_editor *editor) {
    el_wset(editor->line, EL_REFRESH);
    fflush(editor->output);
}

void ce_resize(ce_editor *editor) { el_resize(editor->line); }

void ce_ring_bell(ce_editor *editor) {
    el_beep(editor->line);
    fflush(editor->output);
}

bool ce_use_utf8_locale(void) {
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
    return setlocale(LC_CTYPE, "C.UTF-8") || setlocale(LC_CTYPE, "en_US.UTF-8");
}

int ce_open_terminal_pair(int *leader, int *follower) {
    if (openpty(leader, follower, NULL, NULL, NULL) != 0) return -1;
    fcntl(*leader, F_SETFD, FD_CLOEXEC);
    fcntl(*follower, F_SETFD, FD_CLOEXEC);
    return 0;
}

static struct termios kept;
static volatile sig_atomic_t kept_descriptor = -1;

/* Only async-signal-safe calls (signal-safety(7)): this also runs in a handler. */
void ce_restore_terminal(void) {
    if (kept_descriptor >= 0) tcsetattr(kept_descriptor, TCSADRAIN, &kept);
}

static void crash(int signal) {
    static const char paste_off[] = "\033[?2004l";
    if (kept_descriptor >= 0 && write(kept_descriptor, paste_off, sizeof paste_off - 1) < 0) signal = signal + 0;
    ce_restore_terminal();
    /* The handler was for one time: the default action follows. */
    raise(signal);
}

void ce_keep_terminal(int descriptor) {
    static bool installed;
    if (tcgetattr(descriptor, &kept) != 0) return;
    kept_descriptor = descriptor;
    if (installed) return;
    installed = true;
    atexit(ce_restore_terminal);
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
    for (size_t index = 0; index < sizeof crashes / sizeof *crashes; index++) {
        struct sigaction old;
        /* A handler that is there already (a backtrace) knows what it does. */
        if (sigaction(crashes[index], NULL, &old) != 0 || old.sa_handler != SIG_DFL) continue;
        struct sigaction action = {.sa_handler = crash, .sa_flags = (int)SA_RESETHAND};
        sigaction(crashes[index], &action, NULL);
    }
}
