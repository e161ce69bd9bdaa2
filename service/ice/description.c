#include "ice/description.h"

#include <string.h>

static const struct
{
  FramIceOptions option;
  const char *word;
} options_table[] = {
  { FRAM_ICE_OPTION_ICE2, "ice2" },
  { FRAM_ICE_OPTION_TRICKLE, "trickle" },
  { FRAM_ICE_OPTION_RENOMINATION, "renomination" },
};

/* ice-char = ALPHA / DIGIT / "+" / "/" */
static gboolean
is_ice_chars (const char *text, gsize min, gsize max)
{
  gsize length = 0;

  /* Stops behind `max`, however long a hostile text is. */
  while (length <= max && text[length] != '\0')
    {
      if (!g_ascii_isalnum (text[length]) && text[length] != '+' && text[length] != '/')
        return FALSE;
      length++;
    }
  return length >= min && length <= max;
}

gboolean
fram_ufrag_is_valid (const char *ufrag)
{
  return is_ice_chars (ufrag, FRAM_UFRAG_MIN, FRAM_CREDENTIAL_MAX);
}

gboolean
fram_pwd_is_valid (const char *pwd)
{
  return is_ice_chars (pwd, FRAM_PWD_MIN, FRAM_CREDENTIAL_MAX);
}

FramIceOptions
fram_ice_option_from_text (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options_table); i++)
    if (strcmp (word, options_table[i].word) == 0)
      return options_table[i].option;
  return FRAM_ICE_OPTION_NONE;
}

char **
fram_ice_options_to_words (FramIceOptions options)
{
  char **words = g_new0 (char *, G_N_ELEMENTS (options_table) + 1);
  gsize n_words = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (options_table); i++)
    if (options & options_table[i].option)
      words[n_words++] = g_strdup (options_table[i].word);
  return words;
}
