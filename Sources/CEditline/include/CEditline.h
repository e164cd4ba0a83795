#ifndef CEDITLINE_H
#define CEDITLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libedit (editline(3)) for Swift. What is here must be C: libedit is configured by variadic calls, its call-backs
 * carry no context pointer, its characters are wchar_t, and it wants FILE streams. Characters cross as uint32_t, one
 * Unicode scalar each. */

typedef struct ce_editor ce_editor;

/* What the editor asks of its owner. */
struct ce_callbacks {
    void *context;
    /* The next key: 1 with *key set, 0 at the end of input, -1 on failure. */
    int (*read_key)(void *context, uint32_t *key);
    /* A key that was bound with ce_bind was pressed: what to do next. */
    int (*run_key)(void *context, uint32_t key);
};

/* Answers of run_key, with the meaning of libedit's CC_ constants. */
extern const int ce_continue, ce_accept, ce_end, ce_refresh, ce_redisplay, ce_beep;

/* Makes an editor on the terminal behind two descriptors, which it duplicates. NULL on failure. */
ce_editor *ce_open(int input, int output, struct ce_callbacks callbacks);
void ce_close(ce_editor *editor);

/* Has run_key called for `key` (at most 255: libedit inserts what is above). */
void ce_bind(ce_editor *editor, uint32_t key);
/* Binds `key` to a function of libedit (editrc(5)), e.g. "ed-next-char". */
void ce_bind_function(ce_editor *editor, uint32_t key, const char *function);

/* The prompt from now on: scalars, with escape sequences between two U+0001. */
void ce_set_prompt(ce_editor *editor, const uint32_t *prompt, size_t count);

/* Reads a line. 1: accepted, its text is in ce_line until the next call; 0: end of input. */
int ce_read(ce_editor *editor);

/* The text being edited, and where the cursor is. */
const uint32_t *ce_line(ce_editor *editor, size_t *count, size_t *cursor);
/* Inserts at the cursor. false when there is no room. */
bool ce_insert(ce_editor *editor, const uint32_t *text, size_t count);
/* Deletes `count` scalars before the cursor. */
void ce_delete_before(ce_editor *editor, size_t count);
/* Puts the cursor there. */
void ce_set_cursor(ce_editor *editor, size_t cursor);

/* Draws prompt and text anew; the terminal's cursor must be at the start of an empty row. */
void ce_refresh_all(ce_editor *editor);
/* The terminal has another size. */
void ce_resize(ce_editor *editor);
void ce_ring_bell(ce_editor *editor);

/* Sets the character type locale (setlocale(3), LC_CTYPE) to the environment's if it is UTF-8, else to C.UTF-8.
 * false if there is no UTF-8 locale at all. */
bool ce_use_utf8_locale(void);

/* Opens a pseudo-terminal (openpty(3), which Swift's Glibc does not show), both sides close-on-exec. 0 or -1. */
int ce_open_terminal_pair(int *leader, int *follower);

/* Keeps the present settings of a terminal, and has them put back should the process crash or exit. */
void ce_keep_terminal(int descriptor);
/* Puts the kept settings back now. */
void ce_restore_terminal(void);

#endif
