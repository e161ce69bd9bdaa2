/* `fram connect`: a connection to somebody else who runs it. */
#include "cli/code.h"
#include "cli/command.h"
#include "cli/connect-json.h"
#include "cli/connect-options.h"
#include "cli/connect-person.h"

/* Who has the code of the other side from the start answers it: the session can then use
 * what it shares with others (RFC 8445 §6.1.1 makes it the controlled one). */
static int
take_code (const ConnectOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) remote = code_decode (options->code, &error);

  if (remote == NULL)
    {
      command_report (error);
      return STATUS_USAGE;
    }
  fram_session_options_set_remote (options->session, remote);
  return STATUS_DONE;
}

int
command_connect (int argc, char **argv)
{
  g_auto (ConnectOptions) options = { 0 };
  int status = connect_options_parse (&options, argc, argv);

  if (status == STATUS_DONE && options.code != NULL)
    status = take_code (&options);
  if (status != STATUS_DONE)
    return status;
  return options.json ? connect_json (&options) : connect_person (&options);
}
