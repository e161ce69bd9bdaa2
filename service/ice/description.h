/* What one side tells the other besides candidates: credentials, options, pacing.
 * (RFC 8445 §5.3, RFC 8839 §5.3 to §5.6) */
#pragma once

#include <glib.h>

/* RFC 8839 §5.4: ufrag 4 to 256 ice-chars, pwd 22 to 256. */
#define FRAM_UFRAG_MIN 4
#define FRAM_PWD_MIN 22
#define FRAM_CREDENTIAL_MAX 256

typedef enum
{
  FRAM_ICE_OPTION_NONE = 0,
  FRAM_ICE_OPTION_ICE2 = 1 << 0,         /* RFC 8445 §10 */
  FRAM_ICE_OPTION_TRICKLE = 1 << 1,      /* RFC 8838 §15 */
  FRAM_ICE_OPTION_RENOMINATION = 1 << 2, /* draft-thatcher-ice-renomination */
} FramIceOptions;

/* Ta in milliseconds: what Fram proposes, what counts if a peer says nothing, and the most
 * it follows (RFC 8445 §14.2). */
#define FRAM_PACING_PROPOSED 5
#define FRAM_PACING_DEFAULT 50
#define FRAM_PACING_MAX 1000

typedef struct
{
  char ufrag[FRAM_CREDENTIAL_MAX + 1];
  char pwd[FRAM_CREDENTIAL_MAX + 1];
  FramIceOptions options;
  gboolean lite;
  guint pacing; /* milliseconds; 0: the peer said nothing */
} FramDescription;

gboolean fram_ufrag_is_valid (const char *ufrag);
gboolean fram_pwd_is_valid (const char *pwd);

/* One word of ice-options; unknown words give NONE. */
FramIceOptions fram_ice_option_from_text (const char *word);
/* Return: (transfer full): the words, NULL-terminated. */
char **fram_ice_options_to_words (FramIceOptions options);
