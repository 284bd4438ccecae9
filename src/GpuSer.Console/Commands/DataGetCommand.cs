using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Data;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser data get</c>: fetches a data set that its makers publish for everybody.</summary>
internal static class DataGetCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> name = new("name") { Description = "emodb, the one set that can be fetched without a contract" };
        name.AcceptOnlyFromAmong(EmoDbCorpus.Name);
        Option<string> output = new("--out") { Description = "folder to make", HelpName = "DIR", DefaultValueFactory = _ => "data/emodb" };
        Option<Uri> url = SharedOptions.Url("another address of the archive", EmoDbDownload.Url);
        Option<string?> sha256 = new("--sha256") { Description = "refuse an archive of another SHA-256 (its makers publish none)", HelpName = "HEX" };
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("get", "Fetch EMO-DB from its published address, check and unpack it; an interrupted download is gone on with.")
        {
            name, output, url, sha256, noProgress, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            Uri address = parsed.GetValue(url)!;
            terminal.Notes.WriteLine($"gpuser: EMO-DB from {address}: {EmoDbDownload.Terms}");
            terminal.Notes.WriteLine($"gpuser: cite {EmoDbDownload.Citation}");
            EmoDbDownloadResult result;
            using (DownloadLine line = new(terminal.Notes, "EMO-DB", terminal.Interactive && !parsed.GetValue(noProgress)))
            {
                result = await EmoDbDownload.RunAsync(parsed.GetValue(output)!, address, parsed.GetValue(sha256), line, cancellation).ConfigureAwait(false);
            }

            Write(terminal.Out, result, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(TextWriter writer, EmoDbDownloadResult result, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, new
            {
                result.Folder,
                Recordings = result.Corpus.Utterances.Count,
                result.Archive.Bytes,
                result.Archive.Sha256,
                result.ArchiveKept,
                EmoDbDownload.Terms,
                EmoDbDownload.Citation,
            });
            return;
        }

        writer.WriteLine($"{result.Corpus.Utterances.Count} recordings in {result.Folder}");
        writer.WriteLine($"archive: {result.Archive.Bytes} bytes, SHA-256 {result.Archive.Sha256}{(result.ArchiveKept ? $"; it was there before and is kept: {result.Archive.Path}" : "")}");
        writer.WriteLine($"Try: gpuser data check {result.Folder}");
    }
}
