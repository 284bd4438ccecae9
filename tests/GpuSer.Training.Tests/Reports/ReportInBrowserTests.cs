#if BROWSER
using System.Globalization;
using GpuSer.Training.Data;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;
using Microsoft.Playwright;

namespace GpuSer.Training.Tests.Reports;

/// <summary>
/// The page in headless Chromium, which is no package of the tests' own: where it was not installed when they were built, they skip. GPUSER_SCREENSHOTS names a
/// folder to leave pictures in, for eyes.
/// </summary>
public sealed class ReportInBrowserTests : IAsyncLifetime, IDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W', 'N');
    private readonly List<string> _messages = [], _requests = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (File.Exists(Chromium))
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    public void Dispose() => _spoken.Dispose();

    [SkippableTheory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task A_run_is_shown_whole_at_every_width(int width, ColorScheme scheme)
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);
        RunReport.Write([run.Path], run.Report);

        IPage page = await Open(run.Report, width, scheme);

        // What the charts hold is what results.csv says.
        string[][] lines = [.. File.ReadLines(run.Results).Skip(1).Select(line => line.Split(','))];
        double[][] loss = await page.EvaluateAsync<double[][]>("charts[0].plot.data"), rates = await page.EvaluateAsync<double[][]>("charts[1].plot.data");
        Assert.Equal(Column(lines, 0), loss[0]);
        Assert.Equal(Column(lines, 1), loss[1]);
        Assert.Equal(Column(lines, 2), loss[2]);
        Assert.Equal(Column(lines, 6), rates[1]);
        Assert.Equal(Column(lines, 3), rates[2]);
        Assert.Equal(Column(lines, 4), rates[3]);
        Assert.Equal(lines[1][3], await page.Locator(".tile[data-figure=accuracy] b").GetAttributeAsync("data-value"));
        Assert.Equal("66.7 %", await page.Locator(".tile[data-figure=accuracy] b").InnerTextAsync());
        Assert.Equal(2, await page.Locator(".chart canvas").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('.chart canvas')].every(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v !== 0))"));

        // Matrix, tables, pictures and players are there and filled.
        Assert.Equal(9, await page.EvaluateAsync<int>("[...document.querySelectorAll('td.cell')].reduce((sum, cell) => sum + Number(cell.dataset.value), 0)"));
        Assert.Equal(7, await page.Locator("table.classes tbody tr").CountAsync());
        Assert.Equal(3, await page.Locator("table.speakers tbody tr").CountAsync());
        Assert.Equal(3, await page.Locator("audio").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("[...document.images].every(image => image.complete && image.naturalHeight === 230)"));
        Assert.Equal(6, await page.Locator("figure img").CountAsync());
        Assert.Equal(36, await page.Locator(".blocks span").CountAsync());
        Assert.Equal("MFCC (13)", await page.Locator(".blocks span").First.InnerTextAsync());

        // Nothing sticks out to the side.
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await Screenshot(page, $"run-{width}-{scheme}");
        AssertQuiet(run.Report);
    }

    [SkippableFact]
    public async Task Several_runs_are_compared()
    {
        RunFolder first = MadeRun.Write(Path.Combine(_spoken.Runs, "first"), _spoken.Corpus);
        RunFolder second = MadeRun.Write(Path.Combine(_spoken.Runs, "second"), _spoken.Corpus, epochs: [MadeRun.Epochs[0], MadeRun.Epochs[2] with { Epoch = 2, TestLoss = double.NaN }]);
        string report = Path.Combine(_spoken.Runs, "both.html");
        RunReport.Write([first.Path, second.Path], report);

        IPage page = await Open(report, 1000, ColorScheme.Light);

        Assert.Equal(2, await page.Locator("table.runs tbody tr").CountAsync());
        Assert.Equal(3, await page.Locator(".chart canvas").CountAsync());
        double?[][] accuracy = await page.EvaluateAsync<double?[][]>("charts[1].plot.data");
        Assert.Equal([1.0 / 3, 2.0 / 3, 1.0 / 3], accuracy[1]);
        Assert.Equal([1.0 / 3, 1.0 / 3, null], accuracy[2]);
        await Screenshot(page, "compared");
        AssertQuiet(report);
    }

    [SkippableFact]
    public async Task Matrix_and_tables_are_shown_in_their_rows_and_columns()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);
        MadeRun.JudgeByHand(run);
        RunReport.Write([run.Path], run.Report, audio: false);

        IPage page = await Open(run.Report, 1280, ColorScheme.Light);

        List<string> labels = [.. _spoken.Corpus.Labels];
        int anger = labels.IndexOf("anger"), happiness = labels.IndexOf("happiness");
        Assert.Equal(["truth \\ prediction", .. labels], await page.Locator("table.confusion thead th").AllInnerTextsAsync());
        Assert.Equal(labels, await page.Locator("table.confusion tbody th").AllInnerTextsAsync());
        Assert.Equal(("1", "2"), (await Cell(anger, happiness), await Cell(happiness, anger)));
        Assert.Equal(["anger", "5", "40.0 %", "50.0 %", "44.4 %"], await page.Locator("table.classes tbody tr").Nth(anger).Locator("td").AllInnerTextsAsync());
        Assert.Equal(["04", "3", "33.3 %", "25.0 %", "22.2 %"], await page.Locator("table.speakers tbody tr").Nth(1).Locator("td").AllInnerTextsAsync());
        AssertQuiet(run.Report);

        Task<string?> Cell(int truth, int prediction) => page.Locator("table.confusion tbody tr").Nth(truth).Locator("td.cell").Nth(prediction).GetAttributeAsync("data-value");
    }

    [SkippableFact]
    public async Task A_plan_that_was_stopped_says_how_much_of_it_is_done()
    {
        Directory.CreateDirectory(_spoken.Runs);
        new StoredPlan(_spoken.Folder, "emodb", new SplitPlan { Kind = SplitKind.KFold, Folds = 10 }, new TrainOptions()) { Trainings = 10 }.Write(_spoken.Runs);
        MadeRun.End(MadeRun.Write(Path.Combine(_spoken.Runs, "fold-1"), _spoken.Corpus));
        string report = Path.Combine(_spoken.Runs, RunReport.FileName);
        RunReport.Write([_spoken.Runs], report, audio: false);

        IPage page = await Open(report, 1000, ColorScheme.Light);

        Assert.StartsWith("Best epoch of each of 1 of 10 trainings", await page.Locator(".described").InnerTextAsync(), StringComparison.Ordinal);
        AssertQuiet(report);
    }

    [SkippableFact]
    public async Task Names_are_shown_and_never_run()
    {
        const string nasty = "</script><img src=x onerror=\"document.title='hit'\"><script>document.title='hit'</script>\u00e4\u6f22'\"";
        Utterance[] utterances = [.. Enumerable.Range(0, 6).Select(i => new Utterance($"/none/{i}", $"{i}{nasty}", i % 2, nasty))];
        Corpus corpus = new("/none" + nasty, ["a" + nasty, "b"], utterances, []);
        RunFolder run = MadeRun.Write(_spoken.Runs, corpus);
        RunReport.Write([run.Path], run.Report, corpus);

        IPage page = await Open(run.Report, 800, ColorScheme.Light);

        Assert.Equal("runs - GpuSer report", await page.TitleAsync());
        Assert.Equal("a" + nasty, await page.Locator("table.classes tbody td").First.InnerTextAsync());
        Assert.Equal(0, await page.Locator("img[src=x]").CountAsync());
        AssertQuiet(run.Report);
    }

    [SkippableFact]
    public async Task What_is_printed_is_on_white_with_all_of_it_open()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);
        RunReport.Write([run.Path], run.Report);
        IPage page = await Open(run.Report, 1000, ColorScheme.Dark);

        byte[] pdf = await page.PdfAsync();

        Assert.StartsWith("%PDF", System.Text.Encoding.ASCII.GetString(pdf, 0, 4), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("details:not([open])").CountAsync());
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await Screenshot(page, "printed");
    }

    private static double[] Column(string[][] lines, int column) => [.. lines.Select(line => double.Parse(line[column], CultureInfo.InvariantCulture))];

    private static async Task Screenshot(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("GPUSER_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    private async Task<IPage> Open(string report, int width, ColorScheme scheme)
    {
        Skip.If(_browser is null, $"{Chromium} is not installed any more");
        IPage page = await _browser!.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        page.Console += (_, message) => _messages.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _messages.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
        await page.GotoAsync(new Uri(Path.GetFullPath(report)).AbsoluteUri);
        await page.WaitForFunctionAsync("charts.length > 0 && charts.every(c => c.plot)");
        return page;
    }

    /// <summary>Asserts that the page said nothing on the console, and asked for nothing but itself.</summary>
    private void AssertQuiet(string report)
    {
        Assert.Empty(_messages);
        Assert.Equal([new Uri(Path.GetFullPath(report)).AbsoluteUri], _requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));
    }
}
#else
namespace GpuSer.Training.Tests.Reports;

public class ReportInBrowserTests
{
    [SkippableFact]
    public void The_page_is_tested_in_a_browser() => Skip.If(true, "/usr/bin/chromium was not there when the tests were built; apt-get install chromium, and build again");
}
#endif
