using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.IO;
using GpuSer.Training;
using GpuSer.Training.Inference;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser predict</c>: the emotion of each recording.</summary>
internal static class PredictCommand
{
    private static readonly PredictOptions Defaults = new();

    public static Command Create(Terminal terminal)
    {
        Argument<string[]> files = new("files") { Description = "recordings (WAV, FLAC, OGG, MP3)", Arity = ArgumentArity.OneOrMore };
        Option<string?> run = new("--run") { Description = "run folder whose best weights judge", HelpName = "DIR" };
        Option<string?> weights = new("--weights") { Description = "weights file that train wrote, instead of --run", HelpName = "FILE" };
        Option<double> window = new("--window") { Description = "window over long recordings, in seconds", HelpName = "S", DefaultValueFactory = _ => Defaults.WindowSeconds };
        Option<double> hop = new("--hop") { Description = "from one window to the next, in seconds", HelpName = "S", DefaultValueFactory = _ => Defaults.HopSeconds };
        Option<double> whole = new("--max-seconds") { Description = "recordings up to this length are judged whole", HelpName = "S", DefaultValueFactory = _ => Defaults.WholeSeconds };
        Option<int> threads = SharedOptions.Threads();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("predict", "Say which emotion each recording carries; long ones are walked in windows and get a timeline.")
        {
            files, run, weights, window, hop, whole, threads, device, noProgress, json,
        };
        SharedOptions.RequireOne(command, run, weights, "give either --run DIR or --weights FILE", both: false);
        command.SetAction((parsed, cancellation) =>
        {
            string source = parsed.GetValue(weights) ?? RunFolder.Open(parsed.GetValue(run)!).BestWeights;
            PredictOptions options = new()
            {
                WindowSeconds = parsed.GetValue(window),
                HopSeconds = parsed.GetValue(hop),
                WholeSeconds = parsed.GetValue(whole),
            };
            using DeviceSession session = DeviceSession.Open(parsed.GetValue(device), terminal.Notes, network: true);
            using EmotionClassifier classifier = EmotionClassifier.Load(source, parsed.GetValue(threads), session.Context);
            return Task.FromResult(Run(terminal, classifier, parsed.GetValue(files)!, options, terminal.Interactive && !parsed.GetValue(noProgress), parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(
        Terminal terminal, EmotionClassifier classifier, string[] files, PredictOptions options, bool live, bool json, CancellationToken cancellation)
    {
        List<Prediction> predictions = [];
        int bad = 0, done = 0;
        using ProgressLine line = new(terminal.Notes, live);
        foreach (string file in files)
        {
            line.Show($"{++done}/{files.Length} {file}");
            try
            {
                Prediction prediction = classifier.Predict(file, options, cancellation);
                predictions.Add(prediction);
                line.Clear();
                if (!json)
                {
                    Show(terminal.Out, prediction);
                }
            }
            catch (InvalidFileException error)
            {
                bad++;
                line.Clear();
                terminal.Error.WriteLine($"gpuser: {error.Message}");
            }
            catch (TrainingException error)
            {
                bad++;
                line.Clear();
                terminal.Error.WriteLine($"gpuser: {error.Message}, or give a smaller --max-seconds or --window");
            }
        }

        line.Clear();
        DecodingNote.Tell(terminal);
        if (json)
        {
            JsonOutput.Write(terminal.Out, predictions.Select(Document));
        }

        return bad > 0 ? ExitCode.BadInput : ExitCode.Success;
    }

    private static void Show(TextWriter writer, Prediction prediction)
    {
        writer.WriteLine($"{prediction.File}: {prediction.Label} ({Ranking(prediction.Labels, prediction.Probabilities)})");
        foreach (WindowPrediction part in prediction.Timeline)
        {
            writer.WriteLine($"  {part.Start,7:0.0} s - {part.End,7:0.0} s  {part.Label,-10} {Figures.Percent(part.Probabilities.Max())}");
        }
    }

    private static string Ranking(IReadOnlyList<string> labels, IReadOnlyList<double> probabilities) => string.Join(
        ", ", labels.Zip(probabilities).OrderByDescending(pair => pair.Second).Take(3).Select(pair => $"{pair.First} {Figures.Percent(pair.Second)}"));

    private static Dictionary<string, object> Document(Prediction prediction)
    {
        Dictionary<string, object> document = new()
        {
            ["file"] = prediction.File,
            ["label"] = prediction.Label,
            ["probabilities"] = Named(prediction.Labels, prediction.Probabilities),
            ["seconds"] = prediction.Seconds,
        };
        if (prediction.Timeline.Count > 0)
        {
            document["timeline"] = prediction.Timeline.Select(part => new
            {
                part.Start,
                part.End,
                part.Label,
                Probabilities = Named(part.Labels, part.Probabilities),
            });
        }

        return document;
    }

    private static Dictionary<string, double> Named(IReadOnlyList<string> labels, IReadOnlyList<double> probabilities) =>
        labels.Zip(probabilities).ToDictionary(pair => pair.First, pair => pair.Second);
}
