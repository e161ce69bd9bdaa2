/* The character tables that stun/saslprep.c looks up: ranges, ascending, ends included. */
#pragma once

#include <glib.h>

typedef struct
{
  gunichar first;
  gunichar last;
} FramCodeRange;

extern const FramCodeRange fram_saslprep_spaces[];
extern const gsize fram_saslprep_spaces_length;
extern const FramCodeRange fram_saslprep_nothing[];
extern const gsize fram_saslprep_nothing_length;
extern const FramCodeRange fram_saslprep_prohibited[];
extern const gsize fram_saslprep_prohibited_length;
extern const FramCodeRange fram_saslprep_right_to_left[];
extern const gsize fram_saslprep_right_to_left_length;
extern const FramCodeRange fram_saslprep_left_to_right[];
extern const gsize fram_saslprep_left_to_right_length;
