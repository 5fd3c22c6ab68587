<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message>
        <source>The log cannot be written: {why} ({file}, line {line}).</source>
        <extracomment>Shorter ones would blank out ordinary words; no service gives keys that short. A long text is searched in pieces that overlap by more than a key is long, however written. By the key: it may be remembered many times.</extracomment>
        <translation>日志无法写入：{why}（{file} 第 {line} 行）。</translation>
    </message>
    <message>
        <source>Rushes met an unexpected error. Details are in {path}.</source>
        <translation>Rushes 遇到意外错误，详情见 {path}。</translation>
    </message>
    <message>
        <source>Cannot use {place}: {why}.</source>
        <translation>无法使用 {place}：{why}。</translation>
    </message>
    <message>
        <source>The list is being prepared for this version of Rushes. With very many tasks this takes some minutes; the window opens by itself.</source>
        <extracomment>The demo's takes end in real seconds; looking at them keeps up. A start that takes longer says why. One that was started a moment ago shows its rows before it listens. So long a window that has the list may take to answer. So long after it was asked for, the end has come, whatever still hangs. Two seconds are promised. Something that drives the window from inside (the demo's tour); its result is the exit code.</extracomment>
        <translation>正在为此版本的 Rushes 准备列表。任务非常多时需要几分钟；窗口会自动打开。</translation>
    </message>
    <message>
        <source>The window of Rushes that is open with this folder does not answer. Wait for it, or end it and start Rushes again.</source>
        <translation>使用此文件夹的 Rushes 窗口没有响应。请等待它恢复，或结束它后重新启动 Rushes。</translation>
    </message>
    <message>
        <source>Another Rushes is running with this folder. Use its window, or close it.</source>
        <translation>另一个 Rushes 正在使用此文件夹。请使用那个窗口，或将其关闭。</translation>
    </message>
    <message>
        <source>This service cannot list its tasks, so there is nothing to import.</source>
        <extracomment>The key is refused. A gateway may tell about it all the same.</extracomment>
        <translation>此服务无法列出任务，因此没有可导入的内容。</translation>
    </message>
    <message>
        <source>{name} is not set now; set it before watching.</source>
        <translation>环境变量 {name} 目前未设置，请在开始跟踪前设置。</translation>
    </message>
    <message>
        <source>Added {name}. Try it: rushes accounts test</source>
        <translation>已添加 {name}。可以测试：rushes accounts test</translation>
    </message>
    <message>
        <source>No key came through standard input.</source>
        <translation>标准输入中没有密钥。</translation>
    </message>
    <message>
        <source>{path} cannot be used: it must be a PEM file with certificates.</source>
        <translation>无法使用 {path}：它必须是包含证书的 PEM 文件。</translation>
    </message>
    <message>
        <source>No password store here, so the key cannot be kept. Use --key-env VAR instead.</source>
        <translation>此处没有系统密码库，无法保存密钥。请改用 --key-env VAR。</translation>
    </message>
    <message>
        <source>--service rong needs --base-url (or use rong-bj, rong-na).</source>
        <translation>--service rong 需要 --base-url（或使用 rong-bj、rong-na）。</translation>
    </message>
    <message>
        <source>This service needs --base-url: where does it answer?</source>
        <translation>此服务需要 --base-url：它的地址是什么？</translation>
    </message>
    <message>
        <source>{name}: the key is accepted</source>
        <translation>{name}：密钥有效</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Settings</source>
        <extracomment>Of a folder that cannot be used, in a sentence (characters). A form keeps a text the room that it needs where it is narrowest (pixels). A folder is tried when nobody types any more. Of the dialog (pixels).</extracomment>
        <translation>设置</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Results</source>
        <extracomment>Of the rules for folders: each file to be saved is held against all of them. A settings file somebody else wrote must not fill the sidebar.</extracomment>
        <translation>结果</translation>
    </message>
    <message>
        <source>Free space</source>
        <translation>可用空间</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Password store</source>
        <extracomment>Loading Qt takes a second; on a busy machine with a cold disk, many.</extracomment>
        <translation>系统密码库</translation>
    </message>
    <message>
        <source>none: keys last until quit</source>
        <translation>无：密钥仅保留到退出</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>系统库</translation>
    </message>
    <message>
        <source>all there</source>
        <translation>齐全</translation>
    </message>
    <message>
        <source>Timelines</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Awake while saving</source>
        <translation>保存时保持唤醒</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>there</source>
        <translation>有</translation>
    </message>
    <message>
        <source>none here</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>Some settings in {file} cannot be used and have their defaults: {names}.</source>
        <translation>{file} 中有些设置无法使用，已改用默认值：{names}。</translation>
    </message>
    <message>
        <source>{file} cannot be read, so every setting has its default.</source>
        <translation>无法读取 {file}，因此所有设置均为默认值。</translation>
    </message>
    <message>
        <source>The next start keeps the damaged file as {aside}.</source>
        <translation>下次启动时，损坏的文件会保留为 {aside}。</translation>
    </message>
    <message>
        <source>{part} of Qt does not work here (it ended with {code}).</source>
        <translation>Qt 的 {part} 在此不能工作（以 {code} 结束）。</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>{place} (not there)</source>
        <translation>{place}（不存在）</translation>
    </message>
    <message>
        <source>{place} (not a folder)</source>
        <translation>{place}（不是文件夹）</translation>
    </message>
    <message>
        <source>{place} (cannot be written)</source>
        <translation>{place}（无法写入）</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>尚无</translation>
    </message>
    <message>
        <source>gone; there are backups</source>
        <translation>不见了；有备份</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>完好</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>of a newer version of Rushes, which this one does not open</source>
        <translation>由更新版本的 Rushes 写入，本版本不打开</translation>
    </message>
    <message>
        <source>open in a running Rushes</source>
        <translation>正由运行中的 Rushes 打开</translation>
    </message>
    <message>
        <source>Write this to {path}? [y/N] </source>
        <translation>将以上内容写入 {path}？[y/N] </translation>
    </message>
    <message>
        <source>{path} is there already. Choose another name.</source>
        <translation>{path} 已存在，请换一个名称。</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>未安装</translation>
    </message>
    <message>
        <source>The output could not be written: {why}.</source>
        <translation>输出无法写入：{why}。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>With --jsonl the lines come through standard input: say “-”.</source>
        <extracomment>Of one message to a window; it reads `handover.LIMIT`, names of fields included. Of files with ids in them. What is to be added, by the account's id.</extracomment>
        <translation>使用 --jsonl 时从标准输入逐行读取：请写“-”。</translation>
    </message>
    <message>
        <source>Say --dry-run without --jsonl: it reads such lines, too.</source>
        <translation>请单独使用 --dry-run，不要加 --jsonl：它同样能读取这样的行。</translation>
    </message>
    <message>
        <source>The IDs were not added. {why}</source>
        <translation>ID 未添加。{why}</translation>
    </message>
    <message>
        <source>One of these is an API key, not a task ID. Nothing was added.</source>
        <translation>其中有一个是 API 密钥，不是任务 ID，未添加任何内容。</translation>
    </message>
    <message>
        <source>Which account? Say --account, one of: {names}</source>
        <translation>要用哪个账户？请用 --account 指定其一：{names}</translation>
    </message>
    <message>
        <source>Standard input</source>
        <translation>标准输入</translation>
    </message>
    <message numerus="yes">
        <source>%n ID(s) could be keys as well and were not added ({lines}). Are they task IDs? Name them on the command line, or say --yes-ids.</source>
        <translation>
            <numerusform>有 %n 个 ID 也可能是密钥，未添加（{lines}）。它们是任务 ID 吗？请在命令行中写出它们，或使用 --yes-ids。</numerusform>
        </translation>
    </message>
    <message>
        <source>line {numbers}</source>
        <translation>第 {numbers} 行</translation>
    </message>
    <message numerus="yes">
        <source>%n number(s) were rounded by a spreadsheet and are no IDs any more ({lines}).</source>
        <translation>
            <numerusform>有 %n 个数字已被表格软件舍入，不再是有效的 ID（{lines}）。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ID(s) are incomplete and were left out ({lines}).</source>
        <translation>
            <numerusform>有 %n 个 ID 不完整，已略过（{lines}）。</numerusform>
        </translation>
    </message>
    <message>
        <source>already in the list</source>
        <translation>已在列表中</translation>
    </message>
    <message>
        <source>The running window did not answer. Not everything was added.</source>
        <translation>正在运行的窗口没有回应，部分内容未添加。</translation>
    </message>
    <message>
        <source>The disk is full: make room and add them again.</source>
        <translation>磁盘已满：请腾出空间后重新添加。</translation>
    </message>
    <message>
        <source>Line {number} was not added. {why}</source>
        <translation>第 {number} 行未添加。{why}</translation>
    </message>
    <message>
        <source>No account is called {name}.</source>
        <translation>没有名为 {name} 的账户。</translation>
    </message>
    <message>
        <source>Standard input is larger than {most} MiB. Nothing was added.</source>
        <extracomment>So long another program may have the list without answering, as one does that only writes. Valid in JSON, but an order to a terminal, or half of a character.</extracomment>
        <translation>标准输入超过 {most} MiB，未添加任何内容。</translation>
    </message>
    <message>
        <source>${name} is not set or empty. Set it, then run this again.</source>
        <translation>${name} 未设置或为空，请设置后重新运行。</translation>
    </message>
    <message>
        <source>No account yet. Add one with: rushes accounts add</source>
        <translation>还没有账户。请用以下命令添加：rushes accounts add</translation>
    </message>
    <message>
        <source>No task ID was found in the input.</source>
        <translation>输入中没有找到任务 ID。</translation>
    </message>
    <message>
        <source>The other program has ended: its work goes on here.</source>
        <extracomment>How often a list that another program has is looked at (seconds). So long a window that asked for the list may take to open it. Tasks in one message to a window. A list that cannot be read so many times in a row will not be readable. Who answers a ping: this, where a window names nobody. A command that ends does not wait for a next try that is further away (seconds).</extracomment>
        <translation>另一个程序已结束：它的工作在这里继续。</translation>
    </message>
    <message>
        <source>Another program has this list: what changes there is told here.</source>
        <translation>另一个程序正在使用此列表：那里的变化会在这里显示。</translation>
    </message>
    <message>
        <source>Another `rushes watch` has this list: what changes there is told here.</source>
        <translation>另一个 `rushes watch` 正在使用此列表：那里的变化会在这里显示。</translation>
    </message>
    <message>
        <source>A window has this list: what changes there is told here.</source>
        <translation>窗口正在使用此列表，其中的变化会显示在这里。</translation>
    </message>
    <message>
        <source>A window goes on with the work: what changes there is told here.</source>
        <translation>窗口已接手工作，其中的变化会显示在这里。</translation>
    </message>
    <message>
        <source>{running} is running and does not understand this. Quit it, then try again.</source>
        <extracomment>Puts tasks into the list under an account's id.</extracomment>
        <translation>正在运行的是 {running}，它不理解此请求。请先退出它，再试一次。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) added.</source>
        <translation>
            <numerusform>已添加 %n 个任务。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) of the list got what was not known of them.</source>
        <translation>
            <numerusform>已为列表中的 %n 个任务补充缺少的信息。</numerusform>
        </translation>
    </message>
    <message>
        <source>Say --yes to do it.</source>
        <translation>如确认执行，请加 --yes。</translation>
    </message>
    <message>
        <source>The running window did not answer. Look there whether prompts are left.</source>
        <translation>正在运行的窗口没有应答。请在窗口中查看提示词是否仍有保留。</translation>
    </message>
    <message>
        <source>The prompts were forgotten.</source>
        <translation>提示词已清除。</translation>
    </message>
    <message>
        <source>record: {left}</source>
        <translation>记录：{left}</translation>
    </message>
    <message>
        <source>The time is over, and not everything has ended.</source>
        <translation>时间已到，仍有任务未结束。</translation>
    </message>
    <message>
        <source>Which tasks? Name their IDs, or say --expiring.</source>
        <translation>要保存哪些任务？请给出任务 ID，或使用 --expiring。</translation>
    </message>
    <message>
        <source>No unsaved file here has a link that ends.</source>
        <translation>这里没有链接即将失效的未保存文件。</translation>
    </message>
    <message>
        <source>Its service has not answered for it yet. Run this again later.</source>
        <translation>服务尚未返回该任务的信息，请稍后重新运行。</translation>
    </message>
    <message>
        <source>{state}: no file yet. Run this again later, or leave rushes watch --save running.</source>
        <translation>{state}：尚无文件。请稍后重新运行，或让 rushes watch --save 持续运行。</translation>
    </message>
    <message>
        <source>{state}: there is no file.</source>
        <translation>{state}：没有文件。</translation>
    </message>
    <message>
        <source>Not in the list: {ids}</source>
        <translation>不在列表中：{ids}</translation>
    </message>
    <message>
        <source>None of these tasks is in the list.</source>
        <translation>列表中没有这些任务。</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not saved yet. Next try in {time}: say the same again then, or leave rushes watch --save running.</source>
        <translation>
            <numerusform>还有 %n 个文件未保存。{time}后可再试：届时重新运行同一命令，或让 rushes watch --save 一直运行。</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved to {path}</source>
        <translation>已保存到 {path}</translation>
    </message>
    <message>
        <source>No tasks in the list. Add some with: rushes add ID…</source>
        <translation>列表中没有任务。请用以下命令添加：rushes add ID…</translation>
    </message>
    <message>
        <source>not reported by this service</source>
        <translation>该服务未提供</translation>
    </message>
    <message>
        <source>for {time}</source>
        <extracomment>(seconds of the unit, figures are multiples of, up to so many seconds)</extracomment>
        <translation>已 {time}</translation>
    </message>
    <message>
        <source>less than {time} left</source>
        <translation>还需不到 {time}</translation>
    </message>
    <message>
        <source>≈ {time} left</source>
        <translation>≈ 还需 {time}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} 到 {high}</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>大约还需 {time}</translation>
    </message>
    <message>
        <source>Refused · {time}</source>
        <translation>被拒 · {time}</translation>
    </message>
    <message>
        <source>the link ends about {time} (not said in the link)</source>
        <translation>链接约于 {time} 失效（链接中未注明）</translation>
    </message>
    <message>
        <source>the link ends at {time}</source>
        <translation>链接于 {time} 失效</translation>
    </message>
    <message>
        <source>length × your own price of {date}</source>
        <translation>时长 × {date} 的自定价格</translation>
    </message>
    <message>
        <source>your own price of {date} for a take</source>
        <translation>{date} 的自定单片价格</translation>
    </message>
    <message>
        <source>estimated tokens × your own price of {date}</source>
        <translation>估算 Token × {date} 的自定价格</translation>
    </message>
    <message>
        <source>reported tokens × your own price of {date}</source>
        <translation>报告的 Token × {date} 的自定价格</translation>
    </message>
    <message>
        <source>estimated tokens × list price of {date}</source>
        <translation>估算 Token × {date} 的目录价</translation>
    </message>
    <message>
        <source>reported tokens × list price of {date}</source>
        <translation>报告的 Token × {date} 的目录价</translation>
    </message>
    <message>
        <source>what the service says it charged; not a list price</source>
        <translation>服务报告的实际扣费，不是按标价估算</translation>
    </message>
    <message>
        <source>Poster</source>
        <extracomment>A record is gone from Ark so long after its creation (contract §1). Of a prompt, as the name of a take nobody has named (characters).</extracomment>
        <translation>封面</translation>
    </message>
    <message>
        <source>Name</source>
        <extracomment>Property of the table: the row under the pointer, -1 for none. The whole row is lit, not a cell.</extracomment>
        <translation>名称</translation>
    </message>
    <message>
        <source>State</source>
        <translation>任务状态</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>Rating</source>
        <extracomment>Of the JSON lines: goes up when a field changes its meaning, not when one is added. Columns whose text is not made of their key, and is there without one or empty.
----------
Marks a drag of our own rows: the selected ones. What of a column changes while nothing but time goes by. With more separate runs of rows than this, one change of layout is cheaper. A larger part of the list that changed is taken out and put in as a whole. Rows are asked for in blocks around what is needed. Tasks kept in memory.</extracomment>
        <translation>评分</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>click to copy</source>
        <translation>点击复制</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Rating and tags</source>
        <translation>评分与标签</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Task ID</source>
        <translation>任务 ID</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Queue time</source>
        <translation>排队时长</translation>
    </message>
    <message>
        <source>Run time</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>费用</translation>
    </message>
    <message>
        <source>Charged</source>
        <translation>实际扣费</translation>
    </message>
    <message>
        <source>Tier</source>
        <translation>服务等级</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>样片模式</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Record expires</source>
        <translation>记录到期</translation>
    </message>
    <message>
        <source>Raw status</source>
        <translation>原始状态</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未校验</translation>
    </message>
    <message>
        <source>damaged as delivered</source>
        <extracomment>ArtifactState -&gt; (icon, colour)</extracomment>
        <translation>送达时已损坏</translation>
    </message>
    <message>
        <source>next try {time}</source>
        <translation>{time}后重试</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>link ended</source>
        <translation>链接已失效</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>picked</source>
        <translation>已入选</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已淘汰</translation>
    </message>
    <message>
        <source>rated {rating} of 5</source>
        <translation>评分 {rating}/5</translation>
    </message>
    <message>
        <source>not rated</source>
        <translation>未评分</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>尚未查看</translation>
    </message>
    <message>
        <source>{days} d {hours} h</source>
        <extracomment>Between groups of digits: narrow, and no line break.</extracomment>
        <translation>{days} 天 {hours} 小时</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{days} d</source>
        <translation>{days} 天</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} 小时</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已失效</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>in {time}</source>
        <translation>{time}后</translation>
    </message>
    <message>
        <source>{time} ago</source>
        <translation>{time}前</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message numerus="yes">
        <source>%n done</source>
        <extracomment>So many tasks are named; the rest is counted. Characters of a name.</extracomment>
        <translation>
            <numerusform>%n 个已完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n 个失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved link(s) ending</source>
        <translation>
            <numerusform>%n 个未保存的链接即将失效</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) waiting for you</source>
        <translation>
            <numerusform>%n 个账户需要您处理</numerusform>
        </translation>
    </message>
    <message>
        <source>The first unsaved file can be fetched for {left} only.</source>
        <translation>最早失效的未保存文件，链接还剩 {left}。</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message>
        <source>watching, checking now</source>
        <translation>跟踪中，正在查询</translation>
    </message>
    <message>
        <source>watching, next check in {time}</source>
        <translation>跟踪中，{time}后再次查询</translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved</source>
        <translation>
            <numerusform>%n 个未保存</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed, not looked at</source>
        <translation>
            <numerusform>%n 个失败未查看</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{names} and %n more</source>
        <translation>
            <numerusform>{names} 等，另有 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n expire in &lt; 2 h</source>
        <translation>
            <numerusform>%n 个将在 2 小时内失效</numerusform>
        </translation>
    </message>
    <message>
        <source>saved {saved}/{all}</source>
        <translation>已保存 {saved}/{all}</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>可用 {size}</translation>
    </message>
    <message>
        <source>no account yet</source>
        <translation>还没有账户</translation>
    </message>
    <message>
        <source>Offline. Showing data from {time}.</source>
        <translation>离线。显示 {time} 的数据。</translation>
    </message>
    <message>
        <source>Offline.</source>
        <translation>离线。</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>paused: {why}</source>
        <translation>已暂停：{why}</translation>
    </message>
    <message>
        <source>nothing to watch</source>
        <translation>没有需要跟踪的任务</translation>
    </message>
    <message>
        <source>Add the service your jobs run on, and they show up here.</source>
        <translation>添加运行任务的服务，任务就会显示在这里。</translation>
    </message>
    <message>
        <source>Drag task IDs here, or import the last 7 days.</source>
        <translation>把任务 ID 拖到这里，或导入最近 7 天的任务。</translation>
    </message>
    <message>
        <source>Drag task IDs here, or paste them.</source>
        <translation>把任务 ID 拖到或粘贴到这里。</translation>
    </message>
    <message>
        <source>No task matches the search.</source>
        <translation>没有符合搜索条件的任务。</translation>
    </message>
    <message numerus="yes">
        <source>All done. %n new take(s) to review.</source>
        <translation>
            <numerusform>全部完成，有 %n 个新片段待查看。</numerusform>
        </translation>
    </message>
    <message>
        <source>All done.</source>
        <translation>全部完成。</translation>
    </message>
    <message>
        <source>No link ends soon.</source>
        <translation>没有即将失效的链接。</translation>
    </message>
    <message>
        <source>Everything is saved.</source>
        <translation>全部已保存。</translation>
    </message>
    <message>
        <source>Nothing has failed.</source>
        <translation>没有失败的任务。</translation>
    </message>
    <message>
        <source>No task here.</source>
        <translation>这里没有任务。</translation>
    </message>
    <message>
        <source>Replace key</source>
        <translation>更换密钥</translation>
    </message>
    <message>
        <source>Edit account</source>
        <translation>编辑账户</translation>
    </message>
    <message>
        <source>Choose folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Try other accounts</source>
        <translation>尝试其他账户</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Import the last 7 days</source>
        <translation>导入最近 7 天</translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Show new takes</source>
        <translation>查看新片段</translation>
    </message>
    <message>
        <source>Fetch all the same</source>
        <translation>仍然下载</translation>
    </message>
    <message>
        <source>the service</source>
        <extracomment>What OpenSSL says of a server that speaks without TLS. UTF-8 bytes that the file systems of all platforms allow.
----------
These say themselves when they are asked again.</extracomment>
        <translation>该服务</translation>
    </message>
    <message>
        <source>{host} does not answer with https on this port.</source>
        <translation>{host} 的此端口不支持 https。</translation>
    </message>
    <message>
        <source>{host} does not answer as usual.</source>
        <translation>{host} 的回复不同以往。</translation>
    </message>
    <message>
        <source>{host} does not answer as the chosen kind of service should. Check address and key.</source>
        <translation>{host} 的应答与所选服务类型不符，请检查地址和密钥。</translation>
    </message>
    <message>
        <source>{sentence} Your key is not sent there any more until you try again.</source>
        <translation>{sentence}在您重试之前，密钥不会再发送到那里。</translation>
    </message>
    <message>
        <source>{sentence} Next try at {time}.</source>
        <translation>{sentence}下次重试：{time}。</translation>
    </message>
    <message>
        <source>{sentence} Next try tomorrow at {time}.</source>
        <translation>{sentence}下次重试：明天 {time}。</translation>
    </message>
    <message>
        <source>{sentence} Next try on {day} at {time}.</source>
        <translation>{sentence}下次重试：{day} {time}。</translation>
    </message>
    <message>
        <source>“{take}”: {problem}</source>
        <translation>“{take}”：{problem}</translation>
    </message>
    <message>
        <source>“{account}” takes its key from ${name}, which is not set or holds no key. Set it, then start Rushes again.</source>
        <translation>“{account}”的密钥取自 ${name}，该变量未设置或没有密钥。请设置后重新启动 Rushes。</translation>
    </message>
    <message>
        <source>“{account}” has no key. Enter it to go on watching.</source>
        <translation>“{account}”没有密钥，输入后即可继续跟踪。</translation>
    </message>
    <message>
        <source>There is no room for this file: {needed} are needed, {free} are free. It waits until there is; others go on.</source>
        <translation>没有空间存放此文件：需要 {needed}，可用 {free}。有空间后会自动继续；其他文件照常进行。</translation>
    </message>
    <message>
        <source>the folder is not there</source>
        <extracomment>What this program itself says of a folder, in a `Failure`; the rest is the system's.</extracomment>
        <translation>文件夹不存在</translation>
    </message>
    <message>
        <source>the folder cannot be written</source>
        <translation>文件夹无法写入</translation>
    </message>
    <message>
        <source>a link leads out of the folder</source>
        <translation>有链接指向该文件夹之外</translation>
    </message>
    <message>
        <source>There is no room there: {needed} are needed, {free} are free. The files stay where they are.</source>
        <translation>目标磁盘空间不足：需要 {needed}，剩余 {free}。文件保留在原处。</translation>
    </message>
    <message>
        <source>The disk there is full. The files stay where they are.</source>
        <translation>目标磁盘已满，文件保留在原处。</translation>
    </message>
    <message>
        <source>Cannot use {folder}: {reason}. The files stay where they are.</source>
        <translation>无法使用 {folder}：{reason}。文件保留在原处。</translation>
    </message>
    <message>
        <source>The files stay where they are: {reason}.</source>
        <translation>文件保留在原处：{reason}。</translation>
    </message>
    <message>
        <source>{host} cannot be reached. Check the address and your connection, then test again.</source>
        <translation>无法连接 {host}，请检查地址和网络后重新测试。</translation>
    </message>
    <message>
        <source>{host} takes too long to answer. Test again later.</source>
        <translation>{host} 响应太慢，请稍后重新测试。</translation>
    </message>
    <message>
        <source>{host} reports an internal error. Test again later.</source>
        <translation>{host} 报告内部错误，请稍后重新测试。</translation>
    </message>
    <message>
        <source>{host} sent an answer we cannot read. Test again later.</source>
        <translation>{host} 返回了无法识别的内容，请稍后重新测试。</translation>
    </message>
    <message>
        <source>{host} cannot ask the service behind it just now. Test again later.</source>
        <translation>{host} 暂时无法查询其后端服务，请稍后重新测试。</translation>
    </message>
    <message>
        <source>The service asked us to slow down. Test again in {time}.</source>
        <translation>服务要求降低频率，请在 {time}后重新测试。</translation>
    </message>
    <message>
        <source>The service asked us to slow down. Test again later.</source>
        <translation>服务要求降低频率，请稍后重新测试。</translation>
    </message>
    <message>
        <source>{host} does not answer as usual. Check the address, then test again.</source>
        <translation>{host} 应答异常，请检查地址后重新测试。</translation>
    </message>
    <message>
        <source>{host} does not accept this key. Check it and paste it again.</source>
        <translation>{host} 不接受此密钥，请检查后重新粘贴。</translation>
    </message>
    <message>
        <source>The credit of this key is used up at {host}.</source>
        <translation>此密钥在 {host} 的额度已用完。</translation>
    </message>
    <message>
        <source>This key may not look at some tasks of {host}.</source>
        <translation>此密钥无权查看 {host} 的部分任务。</translation>
    </message>
    <message>
        <source>This address redirects elsewhere. Use the API's own address.</source>
        <translation>此地址会跳转到别处，请使用 API 本身的地址。</translation>
    </message>
    <message>
        <source>There is no key for this account. Enter it, then test again.</source>
        <translation>该账户没有密钥，请输入后重新测试。</translation>
    </message>
    <message>
        <source>This list was written by a newer version of Rushes, and was left as it is. Start that version, or this one with another folder (--base-dir).</source>
        <translation>此列表由更新版本的 Rushes 写入，已原样保留。请启动那个版本，或用另一个文件夹（--base-dir）启动本版本。</translation>
    </message>
    <message>
        <source>This is a file, not a folder.</source>
        <extracomment>Less room is worth a word (bytes).</extracomment>
        <translation>这是文件，不是文件夹。</translation>
    </message>
    <message>
        <source>Nothing can be written into this folder.</source>
        <translation>无法写入此文件夹。</translation>
    </message>
    <message>
        <source>Only {size} are free here.</source>
        <translation>此处仅剩 {size}。</translation>
    </message>
    <message>
        <source>It is made with the first file.</source>
        <translation>将在保存第一个文件时创建。</translation>
    </message>
    <message>
        <source>{program} could not be started: {why}.</source>
        <translation>无法启动 {program}：{why}。</translation>
    </message>
    <message>
        <source>{program} is no program that can be started.</source>
        <translation>{program} 不是可以启动的程序。</translation>
    </message>
    <message>
        <source>{program} took too long and was ended. The take is saved.</source>
        <translation>{program} 运行时间过长，已被结束。片段已保存。</translation>
    </message>
    <message>
        <source>{program} ended with code {code}: {said}. The take is saved.</source>
        <translation>{program} 以代码 {code} 结束：{said}。片段已保存。</translation>
    </message>
    <message>
        <source>{program} ended with code {code}. The take is saved.</source>
        <translation>{program} 以代码 {code} 结束。片段已保存。</translation>
    </message>
    <message>
        <source>{problem} The server says: {message}.</source>
        <translation>{problem} 服务器的说明：{message}。</translation>
    </message>
    <message>
        <source>{host} cannot be reached. Trying again by itself.</source>
        <translation>无法连接 {host}，将自动重试。</translation>
    </message>
    <message>
        <source>{host} takes too long to answer. Trying again by itself.</source>
        <translation>{host} 响应超时，将自动重试。</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>未说明原因</translation>
    </message>
    <message>
        <source>The connection to {host} is not trusted ({reason}). Nothing was sent.</source>
        <translation>与 {host} 的连接不可信（{reason}），未发送任何数据。</translation>
    </message>
    <message>
        <source>The service returned an address we do not open ({why}).</source>
        <translation>服务返回了不允许访问的地址（{why}）。</translation>
    </message>
    <message>
        <source>The proxy did not let us through to {host}. Check its settings.</source>
        <translation>代理未放行到 {host} 的连接，请检查代理设置。</translation>
    </message>
    <message>
        <source>This key is not accepted by {host}.</source>
        <translation>{host} 不接受此密钥。</translation>
    </message>
    <message>
        <source>{host} refused the key just now.</source>
        <translation>{host} 刚刚拒绝了密钥。</translation>
    </message>
    <message>
        <source>The credit of this key is used up at {host}. One task is asked about every ten minutes until there is credit again.</source>
        <translation>此密钥在 {host} 的额度已用完。在重新充值之前，每十分钟查询一个任务。</translation>
    </message>
    <message>
        <source>The time of this key is over at {host}: it needs another one.</source>
        <translation>此密钥在 {host} 的有效期已过：需要更换密钥。</translation>
    </message>
    <message>
        <source>This key may not look at some tasks of {host}. Asking again every hour.</source>
        <translation>此密钥无权查看 {host} 的部分任务，每小时重试一次。</translation>
    </message>
    <message>
        <source>The service asked us to slow down. Next check in {time}.</source>
        <translation>服务要求降低频率，{time}后再查询。</translation>
    </message>
    <message>
        <source>{host} cannot ask the service behind it just now: {message} Your key is fine; asking again.</source>
        <translation>{host} 现在无法向其上游服务查询：{message} 您的密钥没有问题；稍后会再次查询。</translation>
    </message>
    <message>
        <source>{host} cannot ask the service behind it just now. Your key is fine; asking again.</source>
        <translation>{host} 现在无法向其上游服务查询。您的密钥没有问题；稍后会再次查询。</translation>
    </message>
    <message>
        <source>{host} reports an internal error. Trying again by itself.</source>
        <translation>{host} 报告内部错误，将自动重试。</translation>
    </message>
    <message>
        <source>{host} answers, but not as the chosen kind of service. Check the address.</source>
        <translation>{host} 有应答，但不是所选类型的服务，请检查地址。</translation>
    </message>
    <message>
        <source>{host} answers, but whether it takes this key cannot be checked until the first task is asked for.</source>
        <translation>{host} 有应答，但在查询第一个任务之前无法确认它是否接受此密钥。</translation>
    </message>
    <message>
        <source>The disk with the list cannot lock files ({reason}), so Rushes cannot tell whether another Rushes uses it. Free its locks, or move the folder to another disk.</source>
        <translation>列表所在的磁盘无法锁定文件（{reason}），因此 Rushes 无法判断是否有另一个 Rushes 正在使用它。请释放该磁盘的锁，或把文件夹移到别的磁盘。</translation>
    </message>
    <message>
        <source>Prompts and reference images are taken out of the list, of removed tasks and of its backups. This cannot be undone. What you saved or exported stays as it is: films, the .json files beside them and tables; so does a damaged list that was set aside.</source>
        <translation>将从列表、已移除的任务及列表备份中清除提示词和参考图，且无法撤销。您保存或导出的内容保持不变：影片、旁边的 .json 文件和表格；此前另存的损坏列表也不变。</translation>
    </message>
    <message>
        <source>The list on disk is damaged. Quit Rushes and start it again: it then brings the list in order with all that can still be read.</source>
        <translation>磁盘上的列表已损坏。请退出 Rushes 再重新启动：启动时会用所有仍可读取的内容修复列表。</translation>
    </message>
    <message>
        <source>The file is refused just now.</source>
        <translation>文件暂时被拒绝下载。</translation>
    </message>
    <message>
        <source>What came is not the promised file and was not kept.</source>
        <translation>收到的不是约定的文件，未保留。</translation>
    </message>
    <message>
        <source>The file came damaged. It is fetched again while the link lives.</source>
        <translation>收到的文件已损坏，链接有效期内将重新下载。</translation>
    </message>
    <message numerus="yes">
        <source>{folder} and %n other folder(s) are not there. {takes} saved takes cannot be shown until they are back.</source>
        <translation>
            <numerusform>找不到文件夹 {folder} 及另外 %n 个文件夹，其中 {takes} 个已保存的片段暂时无法显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} is not there. %n saved take(s) cannot be shown until it is back.</source>
        <translation>
            <numerusform>找不到文件夹 {folder}，其中 %n 个已保存的片段暂时无法显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} is empty. %n saved take(s) cannot be shown until their files are back.</source>
        <translation>
            <numerusform>文件夹 {folder} 是空的，其中 %n 个已保存的片段暂时无法显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} cannot be read. %n saved take(s) cannot be shown until it can.</source>
        <translation>
            <numerusform>无法读取文件夹 {folder}，其中 %n 个已保存的片段暂时无法显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} does not answer. %n saved take(s) cannot be shown until it does.</source>
        <translation>
            <numerusform>文件夹 {folder} 没有响应，其中 %n 个已保存的片段暂时无法显示。</numerusform>
        </translation>
    </message>
    <message>
        <source>This key cannot use this model. Enable it in the console.</source>
        <translation>该密钥无权使用此模型，请在控制台开通。</translation>
    </message>
    <message>
        <source>The account has an unpaid balance. Your saved files are safe.</source>
        <translation>账户欠费。已保存的文件不受影响。</translation>
    </message>
    <message>
        <source>Free or plan quota is used up.</source>
        <translation>额度已用完。</translation>
    </message>
    <message>
        <source>The service asked us to slow down. Trying again by itself.</source>
        <translation>服务要求降低频率，将自动重试。</translation>
    </message>
    <message>
        <source>{host} did not accept the request: {message}</source>
        <translation>{host} 未接受该请求：{message}</translation>
    </message>
    <message>
        <source>{host} did not accept the request.</source>
        <translation>{host} 未接受该请求。</translation>
    </message>
    <message>
        <source>{host} sent an answer we cannot read. Nothing was lost; trying again by itself.</source>
        <translation>{host} 的应答无法读取。数据未丢失，将自动重试。</translation>
    </message>
    <message>
        <source>What {host} sent is larger than allowed and was not kept.</source>
        <translation>{host} 返回的内容超过允许的大小，未予保留。</translation>
    </message>
    <message>
        <source>There is no key for this account. Enter it to go on watching.</source>
        <translation>该账户没有密钥，输入后即可继续跟踪。</translation>
    </message>
    <message>
        <source>Unlock your password store to continue.</source>
        <translation>请解锁系统密码库以继续。</translation>
    </message>
    <message>
        <source>No password store is running, so the key cannot be read. Start it, then try again.</source>
        <translation>系统密码库未运行，无法读取密钥。请启动后重试。</translation>
    </message>
    <message>
        <source>The password store does not answer as it should. Unlock it, then try again.</source>
        <translation>系统密码库没有正常应答。请解锁后重试。</translation>
    </message>
    <message>
        <source>No password store: the key is kept until you quit.</source>
        <extracomment>Offered when it is set; never used without a click. A password store that takes longer is told about.</extracomment>
        <translation>未找到系统密码库：密钥仅保留到退出。</translation>
    </message>
    <message>
        <source>This key is too long for the password store. Check what was pasted.</source>
        <translation>此密钥过长，系统密码库无法保存，请检查粘贴的内容。</translation>
    </message>
    <message>
        <source>The download stopped on its way. It is resumed by itself.</source>
        <translation>下载中断，将自动续传。</translation>
    </message>
    <message>
        <source>The disk is full; downloads paused, nothing lost.</source>
        <translation>磁盘空间不足，下载已暂停，数据未丢失。</translation>
    </message>
    <message>
        <source>There is no room for this file. It waits until there is; others go on.</source>
        <translation>没有空间存放此文件。有空间后会自动继续；其他文件照常进行。</translation>
    </message>
    <message>
        <source>The folder cannot be written; downloads paused, nothing lost.</source>
        <translation>文件夹无法写入，下载已暂停，数据未丢失。</translation>
    </message>
    <message>
        <source>Cannot use {message}: {reason}. Downloads paused, nothing lost.</source>
        <translation>无法使用 {message}：{reason}。下载已暂停，没有丢失任何内容。</translation>
    </message>
    <message>
        <source>The list cannot be written to disk: {reason}</source>
        <translation>列表无法写入磁盘：{reason}</translation>
    </message>
    <message>
        <source>The list cannot be written to disk.</source>
        <translation>列表无法写入磁盘。</translation>
    </message>
    <message>
        <source>A mistake in Rushes stopped this. Nothing was lost; the log says more.</source>
        <translation>Rushes 自身出错，此操作中断。没有丢失任何内容，详情见日志。</translation>
    </message>
    <message>
        <source>{problem} Next try in {time}.</source>
        <translation>{problem}{time}后重试。</translation>
    </message>
    <message>
        <source>{problem} Next try in {time}; the link lives {left}.</source>
        <translation>{problem}{time}后重试；链接还剩 {left}。</translation>
    </message>
    <message>
        <source>The folder {folder} is not there, full, or not writable; what a rule saves there waits, the rest goes on.</source>
        <translation>文件夹 {folder} 不存在、已满或不可写；按规则保存到那里的文件会等待，其余照常保存。</translation>
    </message>
    <message>
        <source>A file is larger than the limit of {size} and was not fetched.</source>
        <translation>有文件超过 {size} 的上限，未下载。</translation>
    </message>
    <message>
        <source>{size} left in {folder}; downloads paused, nothing lost.</source>
        <translation>{folder} 仅剩 {size}，磁盘空间不足，下载已暂停，数据未丢失。</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Length made</source>
        <translation>生成时长</translation>
    </message>
    <message>
        <source>Size on disk</source>
        <translation>占用空间</translation>
    </message>
    <message>
        <source>Charged by the service ({currency})</source>
        <translation>服务实际扣费（{currency}）</translation>
    </message>
    <message>
        <source>By account</source>
        <translation>按账户</translation>
    </message>
    <message>
        <source>By model</source>
        <translation>按模型</translation>
    </message>
    <message>
        <source>By outcome</source>
        <translation>按结果状态</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>已成功</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Not ended</source>
        <translation>未结束</translation>
    </message>
    <message>
        <source>Removed account</source>
        <translation>已移除的账户</translation>
    </message>
    <message>
        <source>Model not reported</source>
        <translation>未报告模型</translation>
    </message>
    <message>
        <source>Cost by list prices</source>
        <translation>按目录价的费用</translation>
    </message>
    <message>
        <source>Cost by list and own prices</source>
        <translation>按目录价和自定价格的费用</translation>
    </message>
    <message>
        <source>Cost by own prices</source>
        <translation>按自定价格的费用</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) by list prices</source>
        <translation>
            <numerusform>%n 个片段按目录价</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) by your own prices</source>
        <translation>
            <numerusform>%n 个片段按自定价格</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) without a price</source>
        <translation>
            <numerusform>%n 个片段无价格</numerusform>
        </translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} Token</translation>
    </message>
    <message>
        <source>{n} billed tokens</source>
        <translation>{n} 计费 Token</translation>
    </message>
    <message>
        <source>charged {money}</source>
        <translation>扣费 {money}</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>已选 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Billed tokens</source>
        <translation>计费 Token</translation>
    </message>
    <message>
        <source>Run time, median</source>
        <translation>运行时间（中位数）</translation>
    </message>
    <message>
        <source>Run time, 95 %</source>
        <translation>运行时间（95 %）</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s)</source>
        <translation>
            <numerusform>%n 个片段</numerusform>
        </translation>
    </message>
    <message>
        <source>{n} failed</source>
        <translation>失败 {n}</translation>
    </message>
    <message>
        <source>charged by services {money}</source>
        <translation>服务扣费 {money}</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已超时</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新任务</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存中</translation>
    </message>
    <message>
        <source>Saving {percent}</source>
        <translation>保存中 {percent}</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>文件不在</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>已丢失</translation>
    </message>
    <message>
        <source>No link yet</source>
        <translation>尚无链接</translation>
    </message>
    <message>
        <source>Saved, not checked</source>
        <translation>已保存（未校验）</translation>
    </message>
    <message>
        <source>Saved, damaged as delivered</source>
        <translation>已保存，但原文件已损坏</translation>
    </message>
    <message>
        <source>Saved as it came. Its kind cannot be checked here.</source>
        <translation>已按原样保存，但无法校验此类文件。</translation>
    </message>
    <message>
        <source>The service delivered this file damaged. It was kept as it came.</source>
        <translation>服务交付的此文件已损坏，已按原样保留。</translation>
    </message>
    <message>
        <source>The task succeeded, but the service gave no link to a file. Asking again.</source>
        <translation>任务已成功，但服务没有给出文件链接，正在重新查询。</translation>
    </message>
    <message>
        <source>Nothing has changed for longer than the service allows. It may have ended there unseen. Still watching.</source>
        <translation>状态长时间未变，已超过服务允许的时限，任务可能已在服务端结束。将继续跟踪。</translation>
    </message>
    <message>
        <source>This service does not know the task (older than 7 days, or another account). Kept in your list.</source>
        <translation>服务端找不到该任务（超过 7 天或属于其他账户），列表中仍会保留。</translation>
    </message>
    <message>
        <source>The gateway cannot ask the service behind it just now. Your key is fine; still watching.</source>
        <translation>网关暂时无法查询其上游服务。您的密钥没有问题，将继续跟踪。</translation>
    </message>
    <message>
        <source>The service contradicts itself about this task. The first end is kept.</source>
        <translation>服务先后返回了矛盾的状态，以最先的结束状态为准。</translation>
    </message>
    <message>
        <source>The answer names its file at no usual place: this address was found by search. See whether it is the right film.</source>
        <translation>应答没有在通常的位置给出文件：此地址是搜索得到的。请确认是否为正确的影片。</translation>
    </message>
    <message>
        <source>The gateway cannot ask the service behind it just now: “{said}”. Your key is fine, nothing is lost; still watching.</source>
        <translation>网关现在无法向其上游服务查询：“{said}”。您的密钥没有问题，也没有丢失任何内容；将继续跟踪。</translation>
    </message>
    <message>
        <source>The service behind the gateway has ended the job, the gateway says something else. What the service says is shown; the gateway is asked on, for it also decides what is charged.</source>
        <translation>网关的上游服务已结束该任务，而网关的说法不同。这里显示该服务的说法；会继续查询网关，因为计费也由它决定。</translation>
    </message>
    <message>
        <source>The server ends every download of this file after the same time.</source>
        <translation>服务器每次都在相同的时间后中断此文件的下载。</translation>
    </message>
    <message>
        <source>In the trash</source>
        <translation>在回收站</translation>
    </message>
    <message>
        <source>needs a key</source>
        <translation>需要密钥</translation>
    </message>
    <message>
        <source>waits for the password store</source>
        <translation>等待系统密码库</translation>
    </message>
    <message>
        <source>The file is in the system's trash. Taken out there, it is found again.</source>
        <translation>文件在系统回收站中，取出后会被重新找到。</translation>
    </message>
    <message>
        <source>The gateway gave up asking. The job may still end at the service behind it, and be charged: ask the gateway. Checked again every hour for a day.</source>
        <translation>网关已停止查询。任务仍可能在上游服务完成并被计费：请向网关查证。一天内每小时再查询一次。</translation>
    </message>
    <message>
        <source>The gateway gave up asking; the service behind it last said “{said}”. The job may still end there, and be charged: ask the gateway. Checked again every hour for a day.</source>
        <translation>网关已停止查询；其上游服务最后的回答是“{said}”。任务仍可能在那里完成并被计费：请向网关查证。一天内每小时再查询一次。</translation>
    </message>
    <message>
        <source>The server ends every download of this file after {time}; {came} came.</source>
        <translation>服务器每次都在 {time} 后中断此文件的下载；收到 {came}。</translation>
    </message>
    <message>
        <source>The server ends every download of this file after {time}; {came} of {size} came.</source>
        <translation>服务器每次都在 {time} 后中断此文件的下载；收到 {came}，共 {size}。</translation>
    </message>
    <message>
        <source>The service did not finish within its time limit.</source>
        <translation>任务在服务端超时。</translation>
    </message>
    <message>
        <source>The task was cancelled.</source>
        <translation>任务已取消。</translation>
    </message>
    <message>
        <source>The service could not finish this task. It says: {message}</source>
        <translation>服务未能完成该任务，原文：{message}</translation>
    </message>
    <message>
        <source>The service could not finish this task and gives no reason.</source>
        <translation>服务未能完成该任务，且未说明原因。</translation>
    </message>
    <message>
        <source>The service reports "{status}", which this version does not know. Still watching.</source>
        <translation>服务返回未知状态「{status}」，将继续跟踪。</translation>
    </message>
    <message>
        <source>The prompt was refused by moderation. Rephrase and submit again.</source>
        <translation>提示词未通过审核，请修改后重新提交。</translation>
    </message>
    <message>
        <source>A reference image was refused (often a real face). Use another image.</source>
        <translation>参考图未通过审核（常见原因：真人面部），请更换图片。</translation>
    </message>
    <message>
        <source>A reference video was refused by moderation. Use another video.</source>
        <translation>参考视频未通过审核，请更换视频。</translation>
    </message>
    <message>
        <source>The result was blocked by moderation.</source>
        <translation>生成结果未通过审核。</translation>
    </message>
    <message>
        <source>The generated sound was blocked. Try without audio.</source>
        <translation>生成的声音未通过审核，可关闭音频重试。</translation>
    </message>
    <message>
        <source>The service was overloaded. Submit again later.</source>
        <translation>服务过载，请稍后重新提交。</translation>
    </message>
    <message>
        <source>The service failed on its own side. Submit again.</source>
        <translation>服务内部出错，请重新提交。</translation>
    </message>
    <message>
        <source>The service did not accept a parameter of this task.</source>
        <translation>服务不接受该任务的某个参数。</translation>
    </message>
    <message>
        <source>The download link ended. The record stays; the file cannot be fetched any more.</source>
        <translation>下载链接已失效，记录会保留，但文件无法再下载。</translation>
    </message>
    <message>
        <source>The download link ended on {time}. The record stays; the file cannot be fetched any more.</source>
        <translation>下载链接已于 {time} 失效，记录会保留，但文件无法再下载。</translation>
    </message>
    <message>
        <source>There is no scene “{name}”. Choose one of: {known}.</source>
        <translation>没有名为“{name}”的场景，可选：{known}。</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Tasks without a usable result</source>
        <extracomment>A link, its slashes perhaps escaped, as in JSON: what leads to the file stands behind the host. The same in the words of another link, and what signs one that has no scheme. What a service may call something that only the owner of the account should know.</extracomment>
        <translation>没有可用结果的任务</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Error code</source>
        <translation>错误代码</translation>
    </message>
    <message>
        <source>Error message</source>
        <translation>错误信息</translation>
    </message>
    <message>
        <source>Request ID of the error</source>
        <translation>出错请求的 ID</translation>
    </message>
    <message>
        <source>Request ID of the last answer</source>
        <translation>最后一次应答的请求 ID</translation>
    </message>
    <message>
        <source>The service behind it said</source>
        <translation>上游服务返回</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>经过</translation>
    </message>
    <message>
        <source>the link ended or ends at {time}</source>
        <translation>链接失效时间：{time}</translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) refused</source>
        <translation>
            <numerusform>%n 次尝试被拒绝</numerusform>
        </translation>
    </message>
    <message>
        <source>last problem: {problem}</source>
        <translation>最近的问题：{problem}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Replace the key of {name}</source>
        <translation>更换 {name} 的密钥</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>The address changed. Paste the key that belongs to it.</source>
        <translation>地址已更改，请粘贴与之对应的密钥。</translation>
    </message>
    <message>
        <source>Keep importing tasks made elsewhere</source>
        <translation>持续导入在别处创建的任务</translation>
    </message>
    <message>
        <source>The whole list of the service is read about every minute; off, only the tasks in your list are asked about.</source>
        <translation>大约每分钟读取一次服务端的完整列表；关闭时只查询您列表中的任务。</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Replace key…</source>
        <translation>更换密钥…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>No account yet. Add the service you generate with.</source>
        <translation>还没有账户。请添加您用来生成的服务。</translation>
    </message>
    <message>
        <source>Add account…</source>
        <translation>添加账户…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Checking with the service…</source>
        <translation>正在查询服务…</translation>
    </message>
    <message>
        <source>The service accepts this key.</source>
        <translation>服务接受此密钥。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>The gateway about this key, {time}</source>
        <translation>网关对此密钥的说明（{time}）</translation>
    </message>
    <message>
        <source>{title}: {value}</source>
        <translation>{title}：{value}</translation>
    </message>
    <message>
        <source>Remove account</source>
        <translation>移除账户</translation>
    </message>
    <message>
        <source>in the password store</source>
        <translation>保存在系统密码库中</translation>
    </message>
    <message>
        <source>kept until you quit</source>
        <translation>保留到退出</translation>
    </message>
    <message>
        <source>from {variable}</source>
        <translation>来自 {variable}</translation>
    </message>
    <message>
        <source>Key {hint}{where}</source>
        <translation>密钥 {hint}{where}</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) in the list</source>
        <translation>
            <numerusform>列表中有 %n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) leave the list</source>
        <translation>
            <numerusform>%n 行将从列表移除</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove “{name}”? {rows} and its key is forgotten. Saved files stay where they are.</source>
        <translation>移除“{name}”？{rows}，其密钥将被删除。已保存的文件保留在原处。</translation>
    </message>
    <message>
        <source>The key will be sent to {host} and nowhere else.</source>
        <translation>密钥只会发送到 {host}，不会发往别处。</translation>
    </message>
    <message>
        <source>Type the address of the service.</source>
        <translation>请输入服务的地址。</translation>
    </message>
    <message>
        <source>This is not a web address.</source>
        <translation>这不是网址。</translation>
    </message>
    <message>
        <source>The address must start with https://.</source>
        <translation>地址必须以 https:// 开头。</translation>
    </message>
    <message>
        <source>The address names no host. Type what follows https://, too.</source>
        <translation>地址中没有主机名，请补全 https:// 之后的部分。</translation>
    </message>
    <message>
        <source>These are two addresses. Paste the one that is meant.</source>
        <translation>这里有两个地址，请只粘贴需要的那一个。</translation>
    </message>
    <message>
        <source>The address contains spaces.</source>
        <translation>地址中含有空格。</translation>
    </message>
    <message>
        <source>The address contains a user name or password. Leave them out.</source>
        <translation>地址中含有用户名或密码，请去掉。</translation>
    </message>
    <message>
        <source>This is an address, not a key. Paste the key.</source>
        <translation>这是地址，不是密钥。请粘贴密钥。</translation>
    </message>
    <message>
        <source>This is the name of a variable. Paste the key that it holds.</source>
        <translation>这是变量的名称。请粘贴变量中的密钥。</translation>
    </message>
    <message>
        <source>The key was copied while hidden. Show it at the service first.</source>
        <translation>复制的是被隐藏的密钥，请先在服务端显示后再复制。</translation>
    </message>
    <message>
        <source>There is an account called {name} already. Choose another name.</source>
        <translation>已有名为 {name} 的账户，请换一个名称。</translation>
    </message>
    <message>
        <source>This key at this address is there already: {name}.</source>
        <translation>该地址的这个密钥已添加过：{name}。</translation>
    </message>
    <message>
        <source>The key would travel unprotected: use https:// for another computer.</source>
        <translation>密钥会以明文传输：访问其他计算机请使用 https://。</translation>
    </message>
    <message>
        <source>Paste the key.</source>
        <translation>请粘贴密钥。</translation>
    </message>
    <message>
        <source>The key contains spaces or line breaks. Copy it again.</source>
        <translation>密钥中含有空格或换行，请重新复制。</translation>
    </message>
    <message>
        <source>The key contains characters no key has. Copy it again.</source>
        <translation>密钥中含有不应出现的字符，请重新复制。</translation>
    </message>
    <message>
        <source>Paste the API key</source>
        <extracomment>The longest key any vault takes is 1,280 characters; a longer paste is a mistake to be told.</extracomment>
        <translation>粘贴 API 密钥</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Show</source>
        <extracomment>A kind of file in words, and its ending.</extracomment>
        <translation>显示</translation>
    </message>
    <message>
        <source>{name} was not written: the disk is full.</source>
        <translation>{name} 未写入：磁盘已满。</translation>
    </message>
    <message>
        <source>{name} was not written: its folder is not there or cannot be written.</source>
        <translation>{name} 未写入：文件夹不存在或无法写入。</translation>
    </message>
    <message>
        <source>Show the key</source>
        <translation>显示密钥</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Hide the key</source>
        <translation>隐藏密钥</translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Use the key in {variable}</source>
        <translation>使用 {variable} 中的密钥</translation>
    </message>
    <message>
        <source>your own address</source>
        <extracomment>Least height of a card (pixels).</extracomment>
        <translation>您自己的地址</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Save every result as soon as it is finished</source>
        <translation>完成后自动保存</translation>
    </message>
    <message>
        <source>Results are kept in</source>
        <translation>结果保存在</translation>
    </message>
    <message>
        <source>A file will be called, for example</source>
        <translation>文件名示例</translation>
    </message>
    <message>
        <source>Links of the services end after 24 hours; what is saved stays.</source>
        <translation>服务的链接 24 小时后失效；已保存的文件会一直保留。</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Welcome to Rushes</source>
        <translation>欢迎使用 Rushes</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Choose a service</source>
        <translation>选择服务</translation>
    </message>
    <message>
        <source>Paste the key</source>
        <translation>粘贴密钥</translation>
    </message>
    <message>
        <source>Keep every result</source>
        <translation>保留每个结果</translation>
    </message>
    <message>
        <source>Step {number} of {steps}</source>
        <translation>第 {number} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Start watching</source>
        <translation>开始跟踪</translation>
    </message>
    <message>
        <source>No take in this list has a film to look at.</source>
        <translation>此列表中没有可观看的片段。</translation>
    </message>
    <message>
        <source>This is the last take.</source>
        <translation>已是最后一个片段。</translation>
    </message>
    <message>
        <source>This is the first take.</source>
        <translation>已是第一个片段。</translation>
    </message>
    <message>
        <source>“{name}” is not in the list any more.</source>
        <translation>“{name}”已不在列表中。</translation>
    </message>
    <message>
        <source>No take matches</source>
        <translation>没有符合条件的片段</translation>
    </message>
    <message>
        <source>No rating</source>
        <translation>不评分</translation>
    </message>
    <message>
        <source>“{name}”: {verdict}</source>
        <translation>“{name}”：{verdict}</translation>
    </message>
    <message>
        <source>Go on after rating</source>
        <translation>评分后自动前进</translation>
    </message>
    <message>
        <source>Leave the review</source>
        <translation>退出审片</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>第 {number} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>Takes before and after</source>
        <translation>前后的片段</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Paste task IDs</source>
        <translation>粘贴任务 ID</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Save all expiring</source>
        <translation>保存所有即将失效的结果</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search from the list</source>
        <translation>从列表搜索</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Play backwards</source>
        <translation>倒放</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Play forwards</source>
        <translation>正向播放</translation>
    </message>
    <message>
        <source>Frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>Frame forward</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Loop from here</source>
        <translation>从此处开始循环</translation>
    </message>
    <message>
        <source>Loop up to here</source>
        <translation>循环到此处为止</translation>
    </message>
    <message>
        <source>Loop the whole clip</source>
        <translation>循环整段视频</translation>
    </message>
    <message>
        <source>Actual size (100 %)</source>
        <translation>实际大小（100 %）</translation>
    </message>
    <message>
        <source>Safe-area guides</source>
        <translation>安全区参考线</translation>
    </message>
    <message>
        <source>Save frame as PNG</source>
        <translation>将当前帧保存为 PNG</translation>
    </message>
    <message>
        <source>Copy frame</source>
        <translation>复制当前帧</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Open with default app</source>
        <translation>用默认程序打开</translation>
    </message>
    <message>
        <source>Open with…</source>
        <translation>打开方式…</translation>
    </message>
    <message>
        <source>Copy file</source>
        <translation>复制文件</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <extracomment>Events of so long is told as one. No timer of Qt runs for longer than 24 days.</extracomment>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Parameters as JSON</source>
        <translation>参数（JSON）</translation>
    </message>
    <message>
        <source>File path</source>
        <translation>文件路径</translation>
    </message>
    <message>
        <source>curl command without the key</source>
        <translation>curl 命令（不含密钥）</translation>
    </message>
    <message>
        <source>Result URL with its end time</source>
        <translation>结果链接及其失效时间</translation>
    </message>
    <message>
        <source>Pick</source>
        <translation>入选</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>淘汰</translation>
    </message>
    <message>
        <source>Neither</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>标签…</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>备注…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Refresh this task</source>
        <translation>刷新此任务</translation>
    </message>
    <message>
        <source>Pause watching</source>
        <translation>暂停跟踪</translation>
    </message>
    <message>
        <source>Look it up at Ark</source>
        <translation>在方舟中查询</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>Cancel the queued task…</source>
        <translation>取消排队中的任务…</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>画廊</translation>
    </message>
    <message>
        <source>All</source>
        <extracomment>What a line holds. How an account's dot looks: never by colour alone, a paused or failing one has its own sign.</extracomment>
        <translation>全部</translation>
    </message>
    <message>
        <source>Compared take</source>
        <translation>对比中的片段</translation>
    </message>
    <message>
        <source>Select one take to play it.</source>
        <translation>请选择一个片段进行播放。</translation>
    </message>
    <message>
        <source>Take {letter}</source>
        <translation>片段 {letter}</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Next take</source>
        <translation>下一个片段</translation>
    </message>
    <message>
        <source>Previous take</source>
        <translation>上一个片段</translation>
    </message>
    <message>
        <source>First take</source>
        <translation>第一个片段</translation>
    </message>
    <message>
        <source>Last take</source>
        <translation>最后一个片段</translation>
    </message>
    <message>
        <source>Last frame, to begin the next take with</source>
        <translation>尾帧（用作下一片段的首帧）</translation>
    </message>
    <message>
        <source>Move files…</source>
        <translation>移动文件…</translation>
    </message>
    <message>
        <source>Rejected to the trash…</source>
        <translation>将淘汰的移到回收站…</translation>
    </message>
    <message>
        <source>Timeline…</source>
        <translation>时间线…</translation>
    </message>
    <message>
        <source>Contact sheet…</source>
        <translation>缩略图总览…</translation>
    </message>
    <message>
        <source>CSV…</source>
        <translation>CSV…</translation>
    </message>
    <message>
        <source>JSON…</source>
        <translation>JSON…</translation>
    </message>
    <message>
        <source>Case for the service…</source>
        <translation>提交给服务方的说明…</translation>
    </message>
    <message>
        <source>Expiring</source>
        <translation>即将失效</translation>
    </message>
    <message>
        <source>Unsaved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Compare takes</source>
        <translation>对比片段</translation>
    </message>
    <message>
        <source>Group…</source>
        <translation>分组…</translation>
    </message>
    <message>
        <source>Out of the group</source>
        <translation>移出分组</translation>
    </message>
    <message>
        <source>No groups</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>手动分组</translation>
    </message>
    <message>
        <source>Collapse or expand</source>
        <translation>折叠或展开</translation>
    </message>
    <message>
        <source>Collapse all</source>
        <translation>全部折叠</translation>
    </message>
    <message>
        <source>Expand all</source>
        <translation>全部展开</translation>
    </message>
    <message>
        <source>Save this view…</source>
        <translation>保存此视图…</translation>
    </message>
    <message>
        <source>Rename view…</source>
        <translation>重命名视图…</translation>
    </message>
    <message>
        <source>Remove view</source>
        <translation>移除视图</translation>
    </message>
    <message>
        <source>Sidebar</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Export the list…</source>
        <translation>导出列表…</translation>
    </message>
    <message>
        <source>Import a list…</source>
        <translation>导入列表…</translation>
    </message>
    <message>
        <source>Check for a newer version…</source>
        <translation>检查新版本…</translation>
    </message>
    <message>
        <source>Everywhere: {menu}</source>
        <extracomment>Those that need nothing but the rows on the screen: they are offered from the first moment on.</extracomment>
        <translation>任何位置：{menu}</translation>
    </message>
    <message>
        <source>Playing: list, player, review, compare</source>
        <translation>播放：列表、播放器、审片、对比</translation>
    </message>
    <message>
        <source>Takes: list, player, review, compare</source>
        <translation>片段：列表、播放器、审片、对比</translation>
    </message>
    <message>
        <source>List and player</source>
        <translation>列表和播放器</translation>
    </message>
    <message>
        <source>Compact rows</source>
        <translation>紧凑行高</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一个窗格</translation>
    </message>
    <message>
        <source>Clear or leave</source>
        <translation>清除或离开</translation>
    </message>
    <message>
        <source>Accounts…</source>
        <translation>账户…</translation>
    </message>
    <message>
        <source>Forget prompts…</source>
        <translation>清除提示词…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>取舍</translation>
    </message>
    <message>
        <source>Saved views</source>
        <translation>已保存的视图</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>分组方式</translation>
    </message>
    <message>
        <source>At provider</source>
        <translation>在服务端</translation>
    </message>
    <message>
        <source>Task IDs, JSON, curl commands, logs or URLs</source>
        <translation>任务 ID、JSON、curl 命令、日志或网址</translation>
    </message>
    <message>
        <source>Task IDs to add</source>
        <translation>要添加的任务 ID</translation>
    </message>
    <message>
        <source>Account:</source>
        <translation>账户：</translation>
    </message>
    <message>
        <source>Account of these tasks</source>
        <translation>这些任务所属的账户</translation>
    </message>
    <message>
        <source>Find IDs</source>
        <translation>查找 ID</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>They are task IDs</source>
        <translation>是任务 ID</translation>
    </message>
    <message numerus="yes">
        <source>%n task ID(s) found</source>
        <translation>
            <numerusform>找到 %n 个任务 ID</numerusform>
        </translation>
    </message>
    <message>
        <source>{found} ({already} already here).</source>
        <translation>{found}（其中 {already} 个已在列表中）。</translation>
    </message>
    <message numerus="yes">
        <source>%n of these could be keys. Task IDs, or keys?</source>
        <translation>
            <numerusform>其中 %n 个可能是密钥。是任务 ID，还是密钥？</numerusform>
        </translation>
    </message>
    <message>
        <source>Add {count}</source>
        <translation>添加 {count} 个</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Several accounts fit: choose one.</source>
        <translation>有多个账户符合，请选择一个。</translation>
    </message>
    <message>
        <source>Each its own: {accounts}</source>
        <translation>分别归入各自账户：{accounts}</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} Token</translation>
    </message>
    <message>
        <source>{value} (from the file)</source>
        <extracomment>Of `Parameters`: what each is called in a report, and how it is written.</extracomment>
        <translation>{value}（来自文件）</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} 帧</translation>
    </message>
    <message>
        <source>{count} fps</source>
        <extracomment>Of an id, beside a name that may belong to several takes.</extracomment>
        <translation>{count} 帧/秒</translation>
    </message>
    <message>
        <source>ID further up</source>
        <translation>上游 ID</translation>
    </message>
    <message>
        <source>Resolution</source>
        <extracomment>A character of a language without spaces, a word, or a sign. The `Spans` of a prompt's cell; None: it is none. Parts of a text: where each begins and where it ends. A title, and what reads a value: as it is shown, and as it is compared.</extracomment>
        <translation>分辨率</translation>
    </message>
    <message>
        <source>Length</source>
        <extracomment>Ids of `sum_fields`.</extracomment>
        <translation>时长</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>{name}, differs</source>
        <translation>{name}，不同</translation>
    </message>
    <message>
        <source>Parameters of the takes</source>
        <translation>片段参数</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Before upscaling</source>
        <translation>超分前分辨率</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>宽高比</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>Upstream ID</source>
        <translation>上游任务 ID</translation>
    </message>
    <message>
        <source>Reported progress</source>
        <translation>服务报告的进度</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Subdivision</source>
        <translation>细分等级</translation>
    </message>
    <message>
        <source>File format</source>
        <translation>文件格式</translation>
    </message>
    <message>
        <source>From draft</source>
        <translation>来源样片</translation>
    </message>
    <message>
        <source>Service tier</source>
        <translation>服务等级</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Kind of job</source>
        <translation>任务类型</translation>
    </message>
    <message>
        <source>Billed</source>
        <translation>计费用量</translation>
    </message>
    <message>
        <source>Completion</source>
        <translation>生成用量</translation>
    </message>
    <message>
        <source>Total usage</source>
        <translation>总用量</translation>
    </message>
    <message>
        <source>Web searches</source>
        <translation>联网搜索次数</translation>
    </message>
    <message>
        <source>Charged by the service</source>
        <translation>服务方计费</translation>
    </message>
    <message>
        <source>Running for</source>
        <translation>已运行</translation>
    </message>
    <message>
        <source>Estimate from your past tasks</source>
        <translation>按以往任务估计</translation>
    </message>
    <message>
        <source>Subdivision: {level}</source>
        <translation>细分：{level}</translation>
    </message>
    <message>
        <source>Request ID</source>
        <translation>请求 ID</translation>
    </message>
    <message>
        <source>Safety identifier</source>
        <translation>安全标识</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时限</translation>
    </message>
    <message>
        <source>Reference images</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Revised prompt</source>
        <translation>改写后的提示词</translation>
    </message>
    <message>
        <source>In queue</source>
        <translation>排队</translation>
    </message>
    <message>
        <source>Ran for</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Added here</source>
        <translation>加入列表</translation>
    </message>
    <message>
        <source>Last answer</source>
        <translation>最后一次应答</translation>
    </message>
    <message>
        <source>Record kept until</source>
        <translation>记录保留至</translation>
    </message>
    <message>
        <source>8 of 10 of your tasks of this kind that ran this long ended within this time</source>
        <translation>您的同类任务中，已运行这么久的，八成会在此时间内结束</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Name of the group</source>
        <translation>分组名称</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>已移除</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>Copy path</source>
        <extracomment>Longer answers are shown as they came: laying them out would make the window wait.</extracomment>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Copy SHA-256</source>
        <translation>复制 SHA-256</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Reveal</source>
        <translation>定位</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>File moved or deleted.</source>
        <translation>文件已被移动或删除。</translation>
    </message>
    <message>
        <source>No file yet.</source>
        <translation>还没有文件。</translation>
    </message>
    <message>
        <source>This task has no file.</source>
        <translation>此任务没有文件。</translation>
    </message>
    <message>
        <source>{received} of {size}</source>
        <translation>{received}，共 {size}</translation>
    </message>
    <message>
        <source>link ended {time}</source>
        <translation>链接已于 {time} 失效</translation>
    </message>
    <message>
        <source>link ends in about {left} (≈ {time})</source>
        <translation>链接约 {left}后失效（≈ {time}）</translation>
    </message>
    <message>
        <source>link ends in {left} ({time})</source>
        <translation>链接 {left}后失效（{time}）</translation>
    </message>
    <message>
        <source>Copy {title}</source>
        <translation>复制{title}</translation>
    </message>
    <message>
        <source>Select a take to see its parameters, files and times.</source>
        <translation>选择一个片段，查看其参数、文件和时间。</translation>
    </message>
    <message>
        <source>different</source>
        <translation>不一致</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) selected</source>
        <translation>
            <numerusform>已选 %n 个片段</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags, with commas between</source>
        <translation>标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Rated {rating} of 5, clear</source>
        <translation>评分 {rating}/5，清除</translation>
    </message>
    <message>
        <source>Rate {rating} of 5</source>
        <translation>评 {rating}/5 分</translation>
    </message>
    <message>
        <source>No answer yet.</source>
        <translation>还没有应答。</translation>
    </message>
    <message>
        <source>Raw answer</source>
        <translation>原始应答</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Copy seed</source>
        <translation>复制种子</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>出错原因</translation>
    </message>
    <message>
        <source>Copy prompt</source>
        <translation>复制提示词</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Details</source>
        <extracomment>Scrub bar, buttons and the choice of files below the picture (pixels).</extracomment>
        <translation>详情栏</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>The service's own words</source>
        <translation>服务原文</translation>
    </message>
    <message>
        <source>Copy the service's own words</source>
        <translation>复制服务原文</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Resume watching</source>
        <translation>继续跟踪</translation>
    </message>
    <message>
        <source>The service drops “{name}”. It cannot be brought back.</source>
        <translation>服务端将取消“{name}”，无法恢复。</translation>
    </message>
    <message>
        <source>Cancel the task at the service?</source>
        <translation>在服务端取消该任务？</translation>
    </message>
    <message>
        <source>Cancel the task</source>
        <translation>取消任务</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>hero, take two</source>
        <translation>主角，第二条</translation>
    </message>
    <message>
        <source>What to remember about it</source>
        <translation>想记住的内容</translation>
    </message>
    <message>
        <source>Drop to find task IDs</source>
        <translation>松开即可查找任务 ID</translation>
    </message>
    <message>
        <source>This link holds nothing that Rushes could add.</source>
        <translation>此链接中没有 Rushes 可以添加的内容。</translation>
    </message>
    <message numerus="yes">
        <source>No task ID found in these %n file(s).</source>
        <translation>
            <numerusform>在这 %n 个文件中没有找到任务 ID。</numerusform>
        </translation>
    </message>
    <message>
        <source>No task ID found in {name}.</source>
        <translation>在 {name} 中没有找到任务 ID。</translation>
    </message>
    <message>
        <source>Use this file</source>
        <translation>使用此文件</translation>
    </message>
    <message>
        <source>The take's own file is missing; this one is of it.</source>
        <translation>片段自己的文件不在；这个文件正是它的。</translation>
    </message>
    <message>
        <source>No take in the list has the file {name}.</source>
        <translation>列表中没有片段使用文件 {name}。</translation>
    </message>
    <message numerus="yes">
        <source>No take in the list has these %n file(s).</source>
        <translation>
            <numerusform>列表中没有片段使用这 %n 个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Take in a folder…</source>
        <translation>收入文件夹…</translation>
    </message>
    <message>
        <source>The file was changed: it is not the one that was saved.</source>
        <translation>文件已被更改，不是当初保存的那个。</translation>
    </message>
    <message>
        <source>No task ID found in what was pasted. Paste the IDs, one on each line, or the service's answer.</source>
        <translation>粘贴的内容中没有找到任务 ID。请每行粘贴一个 ID，或粘贴服务的应答。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) already in the list.</source>
        <translation>
            <numerusform>%n 个任务已在列表中。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task ID(s) found. Add their account first.</source>
        <translation>
            <numerusform>找到 %n 个任务 ID。请先添加其账户。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not added: %n task ID(s).</source>
        <translation>
            <numerusform>未添加：%n 个任务 ID。</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop to show the take of this file</source>
        <translation>松开以显示此文件所属的片段</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) are being saved.</source>
        <translation>
            <numerusform>正在保存 %n 个片段。</numerusform>
        </translation>
    </message>
    <message>
        <source>Quitting stops that; it goes on where it stopped at the next start.</source>
        <translation>退出会中断保存；下次启动时从中断处继续。</translation>
    </message>
    <message>
        <source>Quit Rushes?</source>
        <translation>退出 Rushes？</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>不退出</translation>
    </message>
    <message>
        <source>Rushes can go on watching and saving in the tray when its window is closed. You are asked this once; the settings change it.</source>
        <translation>关闭窗口后，Rushes 可以在托盘中继续跟踪和保存。此问题只出现一次，以后可在设置中更改。</translation>
    </message>
    <message>
        <source>Keep Rushes running?</source>
        <translation>让 Rushes 继续运行吗？</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>继续运行</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) must be saved first. Drag again once they are saved.</source>
        <extracomment>Where files were saved stands so long; those that come meanwhile are told with them (seconds).</extracomment>
        <translation>
            <numerusform>需要先保存 %n 个片段，保存完成后再拖动一次。</numerusform>
        </translation>
    </message>
    <message>
        <source>Forget the prompts of all tasks?</source>
        <translation>清除所有任务的提示词？</translation>
    </message>
    <message>
        <source>Forget prompts</source>
        <translation>清除提示词</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Remove the account?</source>
        <translation>移除该账户？</translation>
    </message>
    <message>
        <source>“{name}” and its tasks leave the list, and its key is forgotten. Saved files stay on disk.</source>
        <translation>“{name}”及其任务将从列表移除，其密钥将被删除。已保存的文件仍在磁盘上。</translation>
    </message>
    <message>
        <source>Close message</source>
        <extracomment>The words on a button, and what it does. How long a message stands that does not ask for anything; errors stay until they are cleared. Of a message: at most so many lines, so wide together; the whole is in its tool tip, cut as well.</extracomment>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>Compare shows them side by side.</source>
        <translation>使用“对比”可并排查看。</translation>
    </message>
    <message>
        <source>No take selected</source>
        <translation>未选择片段</translation>
    </message>
    <message>
        <source>Select a row to look at it here.</source>
        <translation>选择一行即可在此查看。</translation>
    </message>
    <message>
        <source>This file cannot be played here</source>
        <translation>此文件无法在此播放</translation>
    </message>
    <message>
        <source>No picture yet</source>
        <translation>尚无画面</translation>
    </message>
    <message>
        <source>Two seconds have passed. The disk may be slow, or this computer cannot decode the file.</source>
        <translation>已等待两秒。可能是磁盘较慢，或此计算机无法解码该文件。</translation>
    </message>
    <message>
        <source>No file yet</source>
        <translation>还没有文件</translation>
    </message>
    <message>
        <source>The link still lives: it can be fetched again.</source>
        <translation>链接仍有效，可以重新下载。</translation>
    </message>
    <message>
        <source>The link has ended: it cannot be fetched again.</source>
        <translation>链接已失效，无法重新下载。</translation>
    </message>
    <message>
        <source>File moved or deleted</source>
        <translation>文件已被移动或删除</translation>
    </message>
    <message>
        <source>The link has ended.</source>
        <translation>链接已失效。</translation>
    </message>
    <message>
        <source>The link ends in {time}.</source>
        <translation>链接将在 {time}后失效。</translation>
    </message>
    <message>
        <source>The file could not be saved.</source>
        <translation>文件未能保存。</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Original video</source>
        <translation>原始视频</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>尾帧</translation>
    </message>
    <message>
        <source>Turn the model</source>
        <translation>旋转模型</translation>
    </message>
    <message>
        <source>Orbit</source>
        <translation>自由环绕</translation>
    </message>
    <message>
        <source>Turn the model freely, in a window of its own</source>
        <translation>在单独的窗口中自由旋转模型</translation>
    </message>
    <message>
        <source>Looking at the model…</source>
        <translation>正在查看模型……</translation>
    </message>
    <message>
        <source>3D model</source>
        <translation>3D 模型</translation>
    </message>
    <message>
        <source>{frame} / {frames}</source>
        <extracomment>Where neither the file nor the service tells.</extracomment>
        <translation>{frame} / {frames}</translation>
    </message>
    <message>
        <source>There is no picture in this file.</source>
        <extracomment>So long nobody wonders why there is no picture of a film. Takes that follow each other sooner (a held key) are passed by; the one where it stops is loaded. Qt's player waits for its decoders when it lets go of a film, up to half a second in 4K: they are given so long to come to rest first. Smaller films are let go of in a few milliseconds.</extracomment>
        <translation>此文件中没有画面。</translation>
    </message>
    <message>
        <source>The file cannot be opened.</source>
        <translation>文件无法打开。</translation>
    </message>
    <message>
        <source>Films of this kind are not shown here.</source>
        <translation>这里不显示此类影片。</translation>
    </message>
    <message>
        <source>Its pictures are too large, or decoding them takes too long here.</source>
        <translation>画面过大，或在此解码耗时过长。</translation>
    </message>
    <message>
        <source>This computer cannot decode the file, or the file is damaged.</source>
        <translation>此计算机无法解码该文件，或文件已损坏。</translation>
    </message>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>From the file: {facts}.</source>
        <translation>文件本身：{facts}。</translation>
    </message>
    <message>
        <source>Its frames do not all stand equally long.</source>
        <translation>各帧停留时间不等。</translation>
    </message>
    <message>
        <source>It plays here.</source>
        <translation>可在此播放。</translation>
    </message>
    <message>
        <source>It cannot be decoded to its end.</source>
        <translation>无法解码到结尾。</translation>
    </message>
    <message>
        <source>Preview</source>
        <extracomment>Rows that the arrows go on.</extracomment>
        <translation>预览</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>审片</translation>
    </message>
    <message>
        <source>It is not a picture this program shows, or it is damaged.</source>
        <translation>不是本程序能显示的图片，或文件已损坏。</translation>
    </message>
    <message>
        <source>Picture</source>
        <extracomment>Shares of width and height. Source: SMPTE RP 218 (CRT-era 90 % / 80 %), what editors call action safe and title safe. Seen on every picture: bright lines between dark ones. A larger frame is not painted where only a picture sees it: it takes tens of milliseconds.</extracomment>
        <translation>图片</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open in player</source>
        <translation>用播放器打开</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <extracomment>The commands that its menu offers; a line before each group.</extracomment>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>A/B wipe</source>
        <translation>A/B 划像</translation>
    </message>
    <message>
        <source>Wipe position</source>
        <translation>划像位置</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>More for this clip</source>
        <translation>更多操作</translation>
    </message>
    <message>
        <source>At {time}</source>
        <translation>位于 {time}</translation>
    </message>
    <message>
        <source>Frame {number}</source>
        <translation>第 {number} 帧</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>This clip has no sound</source>
        <translation>此片段没有声音</translation>
    </message>
    <message>
        <source>Sound on</source>
        <translation>打开声音</translation>
    </message>
    <message>
        <source>Sound off</source>
        <translation>关闭声音</translation>
    </message>
    <message>
        <source>There is no sound device</source>
        <translation>没有声音设备</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Your videos folder / Rushes</source>
        <translation>您的视频文件夹 / Rushes</translation>
    </message>
    <message>
        <source>Save results as soon as they are ready</source>
        <translation>完成后自动保存</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>This one</source>
        <translation>使用此代理</translation>
    </message>
    <message>
        <source>Proxy</source>
        <extracomment>"system", "none", or one for everything: `http://host:port`. Never with a password: this is a plain file.</extracomment>
        <translation>代理</translation>
    </message>
    <message>
        <source>Prices</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>A program needs a whole path, not “{program}”.</source>
        <translation>程序需要完整路径，而不是“{program}”。</translation>
    </message>
    <message>
        <source>A folder needs a whole path, not “{folder}”.</source>
        <translation>文件夹需要完整路径，“{folder}”不是。</translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation>代理地址</translation>
    </message>
    <message>
        <source>A proxy is written as http://host:port, without a user name or password.</source>
        <translation>代理的写法为 http://主机:端口，不含用户名和密码。</translation>
    </message>
    <message>
        <source>A quote in the arguments is not closed.</source>
        <translation>参数中的引号没有闭合。</translation>
    </message>
    <message>
        <source>“{piece}” names no field of the search, or no value for it.</source>
        <translation>“{piece}”不是搜索字段，或缺少取值。</translation>
    </message>
    <message>
        <source>New task IDs</source>
        <translation>新任务 ID</translation>
    </message>
    <message>
        <source>Folder to watch</source>
        <extracomment>New files here are read for task ids; "": none.</extracomment>
        <translation>跟踪的文件夹</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Move files to where they belong when a review ends</source>
        <extracomment>Never those that other programs know: dragged out, opened, or put into a timeline.</extracomment>
        <translation>审片结束时把文件移到应在的位置</translation>
    </message>
    <message>
        <source>When a take is saved, run</source>
        <extracomment>Run for each take once all its files are saved; "": none. See `saving/save_hook.py`.</extracomment>
        <translation>片段保存后运行</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不运行</translation>
    </message>
    <message>
        <source>Program to run when a take is saved</source>
        <translation>片段保存后要运行的程序</translation>
    </message>
    <message>
        <source>Choose the program to run</source>
        <translation>选择要运行的程序</translation>
    </message>
    <message>
        <source>It gets the take as JSON on its standard input, without a shell.</source>
        <translation>程序从标准输入获得片段的 JSON，不经过 shell。</translation>
    </message>
    <message>
        <source>Its arguments</source>
        <translation>程序参数</translation>
    </message>
    <message>
        <source>Only for takes</source>
        <extracomment>A condition as in the search field; "": every take.</extracomment>
        <translation>仅限片段</translation>
    </message>
    <message>
        <source>All, or a search such as rating:&gt;=4</source>
        <translation>全部，或搜索条件，例如 rating:&gt;=4</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Comfortable</source>
        <translation>宽松</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>Call takes without a name by their task IDs</source>
        <translation>未命名的片段以任务 ID 显示</translation>
    </message>
    <message>
        <source>Single letters and digits as keys in the list</source>
        <translation>在列表中使用单个字母和数字键</translation>
    </message>
    <message>
        <source>Start Rushes when you log in</source>
        <extracomment>As the system has it; see `LoginStart`.</extracomment>
        <translation>登录时启动 Rushes</translation>
    </message>
    <message>
        <source>Add a rule</source>
        <extracomment>Money is counted in whole billionths in 64 bits: a price beyond this is a slip of the keys.</extracomment>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Choose the folder of the rule</source>
        <translation>选择此规则的文件夹</translation>
    </message>
    <message>
        <source>Move the rule up</source>
        <translation>上移规则</translation>
    </message>
    <message>
        <source>Move the rule down</source>
        <translation>下移规则</translation>
    </message>
    <message>
        <source>Remove the rule</source>
        <translation>删除规则</translation>
    </message>
    <message>
        <source>The first rule that holds chooses the folder. What is saved is not moved.</source>
        <translation>由第一条符合的规则决定文件夹；已保存的文件不会移动。</translation>
    </message>
    <message>
        <source>Folder of the rule</source>
        <translation>规则的文件夹</translation>
    </message>
    <message>
        <source>Rules for folders</source>
        <extracomment>Half of the rules would put files where nobody looks.</extracomment>
        <translation>文件夹规则</translation>
    </message>
    <message>
        <source>Folder</source>
        <extracomment>Where results are kept; "" for the system's videos folder / Rushes.</extracomment>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File names</source>
        <extracomment>File name below `folder`, see `core/naming.py`.</extracomment>
        <translation>文件名</translation>
    </message>
    <message>
        <source>Downloads at once</source>
        <translation>同时下载数</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <extracomment>A locale name; "" follows the system.</extracomment>
        <translation>语言</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行高</translation>
    </message>
    <message>
        <source>These file names cannot be used: {why}.</source>
        <translation>无法使用这样的文件名：{why}。</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>No keys</source>
        <translation>无快捷键</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Single letters and digits act where takes are shown, except where text is typed.</source>
        <translation>单个字母和数字键在显示片段的窗格中有效，输入文字处除外。</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>命令及其按键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Views and accounts</source>
        <translation>视图和账户</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Refresh now</source>
        <translation>立即刷新</translation>
    </message>
    <message>
        <source>Remove account…</source>
        <translation>移除账户…</translation>
    </message>
    <message>
        <source>{found} of {all}</source>
        <translation>{found}/{all}</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Tasks</source>
        <extracomment>What tells that somebody points; a window that opens beneath a pointer at rest is not meant. A task and how far from the upper edge it stood (pixels). Called with the row of such a task (None: it is in none) and its distance. Selected rows that are told one by one; a command reaches all of them all the same. Folded groups that are remembered. The first rows are on the screen before the rest of a long order is known. Columns whose texts stand on the cards of the gallery, too.</extracomment>
        <translation>任务</translation>
    </message>
    <message>
        <source>Sort live first, then newest</source>
        <extracomment>How narrow columns can become before the name does (logical pixels), the first one first; the name gives way to them down to the least. Of what a status says below its word, and what stands beside it: an icon and the margins. With more room than this for the name, these can grow. A border that is dragged moves many times; the name follows once it rests. The column's place in the model.</extracomment>
        <translation>进行中的在前，其余按最新排序</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Words, or seed:77 model:seedance rating:&gt;=4</source>
        <translation>关键词，或 seed:77 model:seedance rating:&gt;=4</translation>
    </message>
    <message>
        <source>The test was stopped.</source>
        <translation>测试已停止。</translation>
    </message>
    <message>
        <source>The password store does not answer yet. It may be waiting for you in a window of its own.</source>
        <translation>系统密码库尚未应答，可能正在另一个窗口中等待您操作。</translation>
    </message>
    <message>
        <source>Asking {name} for the last 7 days…</source>
        <translation>正在向 {name} 查询最近 7 天的任务…</translation>
    </message>
    <message>
        <source>Nothing new: every task of the last 7 days is in the list already.</source>
        <translation>没有新任务：最近 7 天的任务都已在列表中。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) of the last 7 days added.</source>
        <translation>
            <numerusform>已添加最近 7 天的 %n 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>usage: </source>
        <extracomment>A file of such a name is meant as one with a folder before it: ./list Options before a command that are followed by their value. Of a word that is told, so much is told. Words of argparse's own, as they stand in its source: they are translated as ours are.</extracomment>
        <translation>用法：</translation>
    </message>
    <message>
        <source>positional arguments</source>
        <translation>位置参数</translation>
    </message>
    <message>
        <source>options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>show this help message and exit</source>
        <translation>显示此帮助并退出</translation>
    </message>
    <message>
        <source>%(prog)s: error: %(message)s
</source>
        <translation>%(prog)s：错误：%(message)s
</translation>
    </message>
    <message>
        <source>argument %(argument_name)s: %(message)s</source>
        <translation>参数 %(argument_name)s：%(message)s</translation>
    </message>
    <message>
        <source>the following arguments are required: %s</source>
        <translation>缺少以下参数：%s</translation>
    </message>
    <message>
        <source>one of the arguments %s is required</source>
        <translation>需要以下参数之一：%s</translation>
    </message>
    <message>
        <source>not allowed with argument %s</source>
        <translation>不能与参数 %s 同时使用</translation>
    </message>
    <message>
        <source>unrecognized arguments: %s</source>
        <translation>无法识别的参数：%s</translation>
    </message>
    <message>
        <source>ambiguous option: %(option)s could match %(matches)s</source>
        <translation>选项 %(option)s 不明确，可能是 %(matches)s</translation>
    </message>
    <message>
        <source>invalid choice: %(value)r (choose from %(choices)s)</source>
        <translation>无效的选择：%(value)r（可选：%(choices)s）</translation>
    </message>
    <message>
        <source>invalid %(type)s value: %(value)r</source>
        <translation>无效的 %(type)s 值：%(value)r</translation>
    </message>
    <message>
        <source>ignored explicit argument %r</source>
        <translation>该选项不接受值 %r</translation>
    </message>
    <message>
        <source>expected one argument</source>
        <translation>需要一个值</translation>
    </message>
    <message>
        <source>expected at most one argument</source>
        <translation>最多一个值</translation>
    </message>
    <message>
        <source>expected at least one argument</source>
        <translation>至少需要一个值</translation>
    </message>
    <message>
        <source>expected %s argument</source>
        <translation>需要 %s 个值</translation>
    </message>
    <message>
        <source>expected %s arguments</source>
        <translation>需要 %s 个值</translation>
    </message>
    <message>
        <source>{folder} is a folder. Its films come into the list by Take in a folder… in the window.</source>
        <translation>{folder} 是文件夹。请在窗口中用“收入文件夹…”将其中的影片加入列表。</translation>
    </message>
    <message>
        <source>“{word}” is neither a command nor a file. A task is added by: rushes add ID. All commands: rushes --help</source>
        <translation>“{word}”既不是命令也不是文件。添加任务：rushes add ID；全部命令：rushes --help</translation>
    </message>
    <message>
        <source>it is empty</source>
        <extracomment>Seconds between the questions to a password store that is only just starting, as at log-in. So long after the last file the computer may suspend again. What passes by itself there. Not a locked one: its dialog must not open again and again. Hears of accounts that come with another list.</extracomment>
        <translation>内容为空</translation>
    </message>
    <message>
        <source>must be 0 to 65530</source>
        <translation>应为 0 至 65530</translation>
    </message>
    <message>
        <source>the folder has no name</source>
        <translation>文件夹名称为空</translation>
    </message>
    <message>
        <source>must be 0.01 to 100000</source>
        <translation>应为 0.01 至 100000</translation>
    </message>
    <message>
        <source>must be more than 0</source>
        <translation>应大于 0</translation>
    </message>
    <message>
        <source>The log {place} cannot be written ({why}); Rushes goes on without it.</source>
        <extracomment>The settings of a run, and the names of those that could not be read. Of a setting that cannot be used, in a sentence (characters).</extracomment>
        <translation>无法写入日志 {place}（{why}）；Rushes 将在没有日志的情况下继续。</translation>
    </message>
    <message>
        <source>The disk is full. The list is shown as it was last written; nothing new is kept until there is room.</source>
        <translation>磁盘已满。显示的是上次写入的列表；在腾出空间之前，新内容不会被保存。</translation>
    </message>
    <message>
        <source>Some settings cannot be used and have their defaults: {names}</source>
        <translation>有些设置无法使用，已改用默认值：{names}</translation>
    </message>
    <message>
        <source>The file of the list is gone and there is no backup, so the list starts empty.</source>
        <translation>列表文件不见了，也没有备份，因此列表从空白开始。</translation>
    </message>
    <message>
        <source>The file of the list was gone or empty. The backup {backup} took its place; what was added or changed after it is missing.</source>
        <translation>列表文件不见了或是空的。已用备份 {backup} 代替；此备份之后添加或更改的内容已缺失。</translation>
    </message>
    <message>
        <source>The last changes before Rushes was ended cannot be read.</source>
        <translation>Rushes 结束前的最后一些更改无法读取。</translation>
    </message>
    <message>
        <source>The list was damaged.</source>
        <translation>列表曾损坏。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) could be read from it.</source>
        <translation>
            <numerusform>从中读出了 %n 个任务。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) came from the backup {backup}.</source>
        <translation>
            <numerusform>%n 个任务来自备份 {backup}。</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no backup.</source>
        <translation>没有备份。</translation>
    </message>
    <message numerus="yes">
        <source>Of %n task(s) only the ID was left; they are asked for again.</source>
        <translation>
            <numerusform>有 %n 个任务只剩下 ID；将重新查询它们。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) could not be read and are missing.</source>
        <translation>
            <numerusform>%n 个任务无法读取，已缺失。</numerusform>
        </translation>
    </message>
    <message>
        <source>The damaged file is kept as {aside}.</source>
        <translation>损坏的文件保留为 {aside}。</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>This take is being saved. Try again in a moment.</source>
        <translation>该片段正在保存，请稍后再试。</translation>
    </message>
    <message>
        <source>None of the selected takes has a file.</source>
        <translation>所选片段都没有文件。</translation>
    </message>
    <message>
        <source>The file is in {folder}, which is not available now. It can be used again when the folder is back.</source>
        <translation>文件位于 {folder}，该文件夹目前无法访问，恢复后即可使用。</translation>
    </message>
    <message>
        <source>The file was moved or deleted. Press Save to fetch it again.</source>
        <translation>文件已被移动或删除。按“保存”可重新下载。</translation>
    </message>
    <message>
        <source>The file was moved or deleted, and its link has ended.</source>
        <translation>文件已被移动或删除，且链接已失效。</translation>
    </message>
    <message>
        <source>The service does not know this take: there is no file.</source>
        <translation>服务端找不到该片段，因此没有文件。</translation>
    </message>
    <message>
        <source>This take failed: there is no file.</source>
        <translation>该片段生成失败，没有文件。</translation>
    </message>
    <message>
        <source>This take was cancelled: there is no file.</source>
        <translation>该片段已取消，没有文件。</translation>
    </message>
    <message>
        <source>The service did not finish within its time limit: there is no file.</source>
        <translation>任务在服务端超时，没有文件。</translation>
    </message>
    <message>
        <source>The service gave no link to a file of this take.</source>
        <translation>服务未提供该片段的文件链接。</translation>
    </message>
    <message>
        <source>The service has given no link to the file yet.</source>
        <translation>服务尚未提供文件链接。</translation>
    </message>
    <message>
        <source>This take is not ready yet: there is no file so far.</source>
        <translation>该片段尚未完成，还没有文件。</translation>
    </message>
    <message>
        <source>There is no saved file yet. Press Save first.</source>
        <translation>还没有已保存的文件，请先按“保存”。</translation>
    </message>
    <message>
        <source>{name} cannot be read: {why}.</source>
        <translation>无法读取 {name}：{why}。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) removed from the list.</source>
        <extracomment>Passed over faster than this by the arrow keys, a take was not looked at.</extracomment>
        <translation>
            <numerusform>已从列表移除 %n 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <extracomment>Of messages that say what is not so any more when something was taken back. Subjects of what stands in the message bar until it is over. Told once for all files, as trouble of the disk. Trouble on the way to a service that needs nobody: said in the status line and the sidebar. An account that is asked again sooner is not worth a message (seconds).</extracomment>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Only the first 64 MiB of the text are read for task IDs.</source>
        <translation>仅读取文本的前 64 MiB 来查找任务 ID。</translation>
    </message>
    <message>
        <source>Looking for task IDs…</source>
        <translation>正在查找任务 ID…</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>There is nothing to do again.</source>
        <translation>没有可重做的操作。</translation>
    </message>
    <message>
        <source>The task was cancelled at the service.</source>
        <translation>任务已在服务端取消。</translation>
    </message>
    <message>
        <source>There is nothing to copy: not reported by this service.</source>
        <translation>没有可复制的内容：该服务未提供。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>it is larger than 64 MiB</source>
        <extracomment>Characters of a text that is read right here: starting a process takes longer. The same of a text that is nothing but ids (40,000 of them). So many ids at a time are taken over from the process, so that other threads get their turn. Processes at once: each takes a core and some memory, and one may wait for a drive for ever.</extracomment>
        <translation>文件大于 64 MiB</translation>
    </message>
    <message>
        <source>its workbook is damaged or unusual. Save it again, or export it as CSV</source>
        <translation>工作簿已损坏或格式特殊。请重新保存，或导出为 CSV</translation>
    </message>
    <message>
        <source>it is an old workbook or has a password. Save it as .xlsx without one, or export it as CSV</source>
        <translation>这是旧版工作簿或设有密码。请另存为不带密码的 .xlsx，或导出为 CSV</translation>
    </message>
    <message>
        <source>reading it took too much. Take a part of it</source>
        <translation>读取所需资源过多，请只取其中一部分</translation>
    </message>
    <message>
        <source>Something went wrong inside Rushes; tasks and files are safe. See the log.</source>
        <extracomment>Tasks to be selected whose details are read at once; the others as they come into sight. Rows of a tall window: it appears with them, and the others follow. A slow disk: a window without rows is better than none. A window that is started minimised is never painted: then the rest is loaded all the same.</extracomment>
        <translation>Rushes 内部出错，任务和文件不受影响。详情见日志。</translation>
    </message>
    <message>
        <source>Smaller pictures</source>
        <translation>缩小图片</translation>
    </message>
    <message>
        <source>Larger pictures</source>
        <translation>放大图片</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>图片大小</translation>
    </message>
    <message>
        <source>Tasks as pictures</source>
        <extracomment>Where the pointer is in a tile's film: an image, the part of it, the share of the length. So long the pointer rests on a tile before its film is opened. Widths of a tile: small, medium, large. It is asked for with each movement of the pointer.</extracomment>
        <translation>以图片显示任务</translation>
    </message>
    <message>
        <source>Frame {number} copied.</source>
        <extracomment>The picture first: filling the inspector takes as long as opening a film. It waits for the first frame, but not longer than both seem to come at once. A number of a frame that no film has: the last one is meant. Of films; the take may be shown in the inspector after its film was opened.</extracomment>
        <translation>已复制第 {number} 帧。</translation>
    </message>
    <message>
        <source>Frame saved as {name}.</source>
        <translation>当前帧已保存为 {name}。</translation>
    </message>
    <message>
        <source>{told} Its HDR colours were converted to SDR.</source>
        <translation>{told} 其 HDR 色彩已转换为 SDR。</translation>
    </message>
    <message>
        <source>This take has no last frame.</source>
        <translation>该片段没有尾帧。</translation>
    </message>
    <message>
        <source>Last frame copied ({width}×{height}).</source>
        <translation>已复制尾帧（{width}×{height}）。</translation>
    </message>
    <message>
        <source>{key} belongs to “{command}” already. Choose another, or change that one first.</source>
        <extracomment>For keys that type text in a field: they act only where there is none.</extracomment>
        <translation>{key} 已用于“{command}”。请选择其他按键，或先更改那个命令。</translation>
    </message>
    <message>
        <source>{key} alone is needed for typing. Combine it with Ctrl or Alt.</source>
        <translation>单独的 {key} 需要用于输入，请与 Ctrl 或 Alt 组合使用。</translation>
    </message>
    <message>
        <source>{count} triangles</source>
        <translation>{count} 个三角形</translation>
    </message>
    <message numerus="yes">
        <source>%n material(s)</source>
        <translation>
            <numerusform>%n 种材质</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n texture(s)</source>
        <translation>
            <numerusform>%n 张贴图</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no GLB model in the archive. Open it with your own program.</source>
        <translation>压缩包中没有 GLB 模型，请用其他程序打开。</translation>
    </message>
    <message>
        <source>The archive is not one we unpack: it could write outside its folder, or grow.</source>
        <translation>不解压此压缩包：它可能写到文件夹之外，或体积异常膨胀。</translation>
    </message>
    <message>
        <source>The model is damaged, or made in a way this program does not read.</source>
        <translation>模型已损坏，或采用了本程序无法读取的格式。</translation>
    </message>
    <message>
        <source>The model asks for other files, which is not followed.</source>
        <translation>模型引用了其他文件，本程序不会读取。</translation>
    </message>
    <message>
        <source>Drawing the model took too much time or memory and was ended.</source>
        <translation>绘制模型耗时或占用内存过多，已停止。</translation>
    </message>
    <message>
        <source>This computer cannot draw in 3D here.</source>
        <translation>此计算机无法在这里进行 3D 绘制。</translation>
    </message>
    <message>
        <source>The model could not be unpacked for a look: the disk refused it.</source>
        <translation>无法解压模型以供预览：磁盘拒绝写入。</translation>
    </message>
    <message>
        <source>Select 2 to 4 takes to compare them: hold Ctrl and click.</source>
        <extracomment>So many takes can be compared.</extracomment>
        <translation>请选择 2 至 4 个片段进行对比：按住 Ctrl 并点击。</translation>
    </message>
    <message>
        <source>At most 4 takes can be compared. Select 2 to 4.</source>
        <translation>最多可对比 4 个片段，请选择 2 至 4 个。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Pictures of the takes</source>
        <translation>片段画面</translation>
    </message>
    <message>
        <source>Line between the two pictures</source>
        <translation>两个画面之间的分界线</translation>
    </message>
    <message>
        <source>Pick take {letter}</source>
        <translation>片段 {letter} 入选</translation>
    </message>
    <message>
        <source>Reject take {letter}</source>
        <translation>淘汰片段 {letter}</translation>
    </message>
    <message>
        <source>Show take {letter} one frame earlier</source>
        <translation>片段 {letter} 提前一帧</translation>
    </message>
    <message>
        <source>Show take {letter} one frame later</source>
        <translation>片段 {letter} 推后一帧</translation>
    </message>
    <message>
        <source>Rate take {letter} {rating} of 5</source>
        <translation>为片段 {letter} 评 {rating}/5 分</translation>
    </message>
    <message>
        <source>Offset of take {letter} in frames</source>
        <translation>片段 {letter} 的偏移帧数</translation>
    </message>
    <message>
        <source>Frames this take is shown ahead of the others</source>
        <translation>此片段比其他片段超前的帧数</translation>
    </message>
    <message>
        <source>Save this view</source>
        <extracomment>They are counted this long after something changed, and no more often than so many times as long as counting takes: each may cost a look at every task.</extracomment>
        <translation>保存此视图</translation>
    </message>
    <message>
        <source>Rename view</source>
        <translation>重命名视图</translation>
    </message>
    <message>
        <source>The view “{name}” was removed.</source>
        <translation>已移除视图“{name}”。</translation>
    </message>
    <message>
        <source>Name of the view</source>
        <translation>视图名称</translation>
    </message>
    <message>
        <source>There are {count} saved views already. Remove one first.</source>
        <translation>已有 {count} 个已保存的视图。请先移除一个。</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) added to “{name}”.</source>
        <translation>
            <numerusform>已将 %n 个片段归入“{name}”。</numerusform>
        </translation>
    </message>
    <message>
        <source>Not found with {account}.</source>
        <extracomment>Subjects of the messages.</extracomment>
        <translation>在 {account} 中未找到。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) not found with {account}.</source>
        <translation>
            <numerusform>在 {account} 中未找到 %n 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>Asking {account}…</source>
        <translation>正在查询 {account}…</translation>
    </message>
    <message>
        <source>Found with {account}.</source>
        <translation>已在 {account} 中找到。</translation>
    </message>
    <message numerus="yes">
        <source>No other account knows %n task(s).</source>
        <translation>
            <numerusform>其他账户中也找不到这 %n 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>Could not be asked: {accounts}.</source>
        <translation>无法查询：{accounts}。</translation>
    </message>
    <message>
        <source>There is no task here that its service does not know.</source>
        <translation>所选任务中没有服务端找不到的任务。</translation>
    </message>
    <message>
        <source>Certificates…</source>
        <translation>证书…</translation>
    </message>
    <message>
        <source>Trust this computer's authorities alone</source>
        <translation>只信任本机的证书颁发机构</translation>
    </message>
    <message>
        <source>Trusted: the authorities of this computer and of {file}.</source>
        <translation>受信任：本机的证书颁发机构及 {file} 中的证书。</translation>
    </message>
    <message>
        <source>Trusted: the certificate authorities of this computer.</source>
        <translation>受信任：本机的证书颁发机构。</translation>
    </message>
    <message>
        <source>Certificates to trust</source>
        <translation>要信任的证书</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>证书 (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Keep the key until I quit</source>
        <translation>密钥仅保留到退出</translation>
    </message>
    <message>
        <source>In no group</source>
        <extracomment>By (the name can be edited, there is a file to drag): asked several times for each painted cell.</extracomment>
        <translation>未分组</translation>
    </message>
    <message>
        <source>collapsed</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>expanded</source>
        <translation>已展开</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n 个任务</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose the folder to watch</source>
        <translation>选择要跟踪的文件夹</translation>
    </message>
    <message>
        <source>Offer task IDs that are copied in other programs</source>
        <translation>在其他程序中复制任务 ID 时提示添加</translation>
    </message>
    <message>
        <source>Folder to watch for task IDs</source>
        <translation>跟踪任务 ID 的文件夹</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be watched for task IDs.</source>
        <extracomment>In the data folder: the watched folder and the files known there. A file is read when nothing was written to it for so long. Files of one folder that are looked at; more are no folder for ids. Ids that are remembered as offered. Making a Python string of more bytes than this takes too long here: they are left where they are. What tells whether a file is another one than before: size and time of the last change. What was found and not added can be had back so long by a button, and by Ctrl+Z later. Reading a text of so many characters takes long enough to say so.</extracomment>
        <translation>无法跟踪文件夹 {folder} 中的任务 ID。</translation>
    </message>
    <message>
        <source>{name} is too large to be read for task IDs (over 64 MiB).</source>
        <translation>{name} 太大，无法从中查找任务 ID（超过 64 MiB）。</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) must be saved first. Copy again once they are saved.</source>
        <translation>
            <numerusform>需要先保存 %n 个片段，保存完成后再复制一次。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) copied.</source>
        <translation>
            <numerusform>已复制 %n 个文件。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected task(s) have no file.</source>
        <translation>
            <numerusform>%n 个所选任务没有文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Open {name} with</source>
        <translation>选择打开 {name} 的程序</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) saved to {folder}</source>
        <translation>
            <numerusform>已将 %n 个文件保存到 {folder}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) saved</source>
        <translation>
            <numerusform>已保存 %n 个文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Folder for the files of %n task(s)</source>
        <translation>
            <numerusform>存放 %n 个任务的文件的文件夹</numerusform>
        </translation>
    </message>
    <message>
        <source>The system has no program for this file, or could not start it.</source>
        <translation>系统中没有可打开此文件的程序，或程序无法启动。</translation>
    </message>
    <message>
        <source>{program} could not be started with this file. Choose a program that you may run.</source>
        <translation>无法用 {program} 打开此文件，请选择一个您有权运行的程序。</translation>
    </message>
    <message>
        <source>Takes that are done</source>
        <extracomment>These four: notifications while the window is not in front.</extracomment>
        <translation>片段已完成</translation>
    </message>
    <message>
        <source>Tasks that failed</source>
        <translation>任务失败</translation>
    </message>
    <message>
        <source>Unsaved files, 2 h and 20 min before their links end</source>
        <translation>未保存的文件，在链接失效前 2 小时和 20 分钟</translation>
    </message>
    <message>
        <source>Trouble with a key or a balance</source>
        <translation>密钥或余额出现问题</translation>
    </message>
    <message>
        <source>In a review, go on to the next take after rating one</source>
        <translation>审片时，评分后自动进入下一个片段</translation>
    </message>
    <message>
        <source>Go on in the tray when the window is closed</source>
        <extracomment>"yes" or "no"; "": not asked yet.</extracomment>
        <translation>关闭窗口后在托盘中继续运行</translation>
    </message>
    <message>
        <source>Open Rushes</source>
        <translation>打开 Rushes</translation>
    </message>
    <message>
        <source>Show takes of the last notification</source>
        <translation>显示上次通知中的片段</translation>
    </message>
    <message>
        <source>Show their folder</source>
        <translation>显示其所在文件夹</translation>
    </message>
    <message>
        <source>A rule for folders needs a condition, such as model:seedance rating:&gt;=4.</source>
        <translation>文件夹规则需要一个条件，例如 model:seedance rating:&gt;=4。</translation>
    </message>
    <message>
        <source>“{piece}” in a rule for folders names no field of the search, or no value for it.</source>
        <translation>文件夹规则中的“{piece}”不是搜索字段，或者取值无效。</translation>
    </message>
    <message>
        <source>A rule for folders needs a whole path, not “{folder}”.</source>
        <translation>文件夹规则需要完整路径，而不是“{folder}”。</translation>
    </message>
    <message>
        <source>Unreadable account</source>
        <extracomment>Tables whose rows have a number of their own, by which a single one is found. Numbers that are looked up one by one; a changed bit must not make it billions. More results than any task has.</extracomment>
        <translation>无法读取的账户</translation>
    </message>
    <message>
        <source>It is no UTF-8 text.</source>
        <extracomment>The most of each field (characters) and list that is kept; more is a mistake of a script.</extracomment>
        <translation>它不是 UTF-8 文本。</translation>
    </message>
    <message>
        <source>It is no JSON object. Write one whole object on each line.</source>
        <translation>它不是 JSON 对象。请每行写一个完整的对象。</translation>
    </message>
    <message>
        <source>It has no “id”.</source>
        <translation>其中没有“id”。</translation>
    </message>
    <message>
        <source>“{field}” is too long.</source>
        <translation>“{field}”过长。</translation>
    </message>
    <message>
        <source>“{field}” is no text.</source>
        <translation>“{field}”不是文本。</translation>
    </message>
    <message>
        <source>“{field}” is no list of texts.</source>
        <translation>“{field}”不是文本列表。</translation>
    </message>
    <message>
        <source>“{field}” is too long. Give addresses or file names.</source>
        <translation>“{field}”过长。请填写地址或文件名。</translation>
    </message>
    <message numerus="yes">
        <source>%n reference(s)</source>
        <translation>
            <numerusform>%n 个参考素材</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n number(s) that lost the last digits in the table ({example}). Format the column as text and export again.</source>
        <translation>
            <numerusform>已略过：%n 个数字在表格中丢失了末尾几位（{example}）。请将该列设为文本格式后重新导出。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n ID(s) cut in two by a line break ({example}). Copy again from a wider window.</source>
        <translation>
            <numerusform>已略过：%n 个 ID 被换行截成两段（{example}）。请把窗口拉宽后重新复制。</numerusform>
        </translation>
    </message>
    <message>
        <source>Port {port} or one of the next {count} is taken ({reason}).</source>
        <translation>端口 {port} 或其后 {count} 个端口之一已被占用（{reason}）。</translation>
    </message>
    <message>
        <source>What stands beside it</source>
        <translation>旁边的内容</translation>
    </message>
    <message>
        <source>Task IDs found</source>
        <translation>找到的任务 ID</translation>
    </message>
    <message>
        <source>Space leaves the selected ones out. F2 chooses their account.</source>
        <translation>按空格键可略过所选项，按 F2 可选择其账户。</translation>
    </message>
    <message>
        <source>Account of this task</source>
        <translation>此任务的账户</translation>
    </message>
    <message>
        <source>{id} is not known with {account}.</source>
        <translation>在 {account} 中找不到 {id}。</translation>
    </message>
    <message>
        <source>{account} says: {status}.</source>
        <translation>{account} 返回：{status}。</translation>
    </message>
    <message>
        <source>Key name</source>
        <extracomment>So many models are named on the page, and in its tooltip; of more, how many.</extracomment>
        <translation>密钥名称</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>剩余额度</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>到期时间</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>可用模型</translation>
    </message>
    <message>
        <source>no limit of its own</source>
        <translation>密钥本身不限额度</translation>
    </message>
    <message>
        <source>nothing, the key is used up</source>
        <translation>无，额度已用完</translation>
    </message>
    <message>
        <source>limited; the gateway does not say how much in dollars</source>
        <translation>有限额，但网关未以美元给出数额</translation>
    </message>
    <message>
        <source>{names} and {n} more</source>
        <translation>{names} 等，另有 {n} 个</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>never</source>
        <translation>永不失效</translation>
    </message>
    <message>
        <source>ended on {time}</source>
        <translation>已于 {time} 失效</translation>
    </message>
    <message>
        <source>Flags</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>These takes are not in the list any more.</source>
        <extracomment>Tasks change in bursts: figures follow them so often (milliseconds). A selection grows by many rows while the pointer is drawn over them.</extracomment>
        <translation>这些片段已不在列表中。</translation>
    </message>
    <message>
        <source>The newest {count} of these takes are selected.</source>
        <translation>已选中其中最新的 {count} 个片段。</translation>
    </message>
    <message>
        <source>Usage exported to {path}.</source>
        <translation>用量已导出到 {path}。</translation>
    </message>
    <message>
        <source>Condition (search syntax)</source>
        <translation>条件（搜索语法）</translation>
    </message>
    <message>
        <source>million tokens</source>
        <translation>百万 Token</translation>
    </message>
    <message>
        <source>second</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>take</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Add a price</source>
        <translation>添加价格</translation>
    </message>
    <message>
        <source>Remove the price</source>
        <translation>移除该价格</translation>
    </message>
    <message>
        <source>A price is a number such as 0.5, not “{price}”.</source>
        <translation>价格应为数字（如 0.5），而不是“{price}”。</translation>
    </message>
    <message>
        <source>A currency has three letters, such as CNY or USD.</source>
        <translation>币种为三个字母，例如 CNY 或 USD。</translation>
    </message>
    <message>
        <source>own, {date}</source>
        <translation>自定，{date}</translation>
    </message>
    <message>
        <source>own</source>
        <translation>自定</translation>
    </message>
    <message>
        <source>A part of the model's name is enough; without one it is for every model there. The first that fits counts, also for takes that are in the list already.</source>
        <translation>填写模型名称的一部分即可；留空则适用于该账户的所有模型。以第一条匹配的价格为准，列表中已有的片段也会重新计算。</translation>
    </message>
    <message>
        <source>Own prices</source>
        <translation>自定价格</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>Currency</source>
        <translation>币种</translation>
    </message>
    <message>
        <source>Per</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>with sound</source>
        <translation>有声</translation>
    </message>
    <message>
        <source>without sound</source>
        <translation>无声</translation>
    </message>
    <message>
        <source>list price of {date}</source>
        <translation>{date} 目录价</translation>
    </message>
    <message>
        <source>{measure} by day</source>
        <extracomment>Inks of the parts of a bar, one after the other; their contrast is that of icons. Days that can be chosen; None: all. Of a cell (characters). Rows whose texts say how wide a column is. Of a column: beside its text, at most, and of words where there is little room (pixels).</extracomment>
        <translation>每日{measure}</translation>
    </message>
    <message>
        <source>Usage</source>
        <translation>用量</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Parts of the bars</source>
        <translation>柱形分段</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>统计项</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
    <message>
        <source>Usage by account and model</source>
        <translation>按账户和模型统计的用量</translation>
    </message>
    <message>
        <source>Usage by day</source>
        <translation>每日用量</translation>
    </message>
    <message>
        <source>Accounts and models</source>
        <translation>账户与模型</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Nothing to count yet. Add tasks to see what they cost.</source>
        <translation>还没有可统计的内容。添加任务后即可查看费用。</translation>
    </message>
    <message>
        <source>No takes in this range. Choose a longer one above.</source>
        <translation>此范围内没有片段，请在上方选择更长的范围。</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>All time</source>
        <translation>全部时间</translation>
    </message>
    <message>
        <source>Last {days} days</source>
        <translation>最近 {days} 天</translation>
    </message>
    <message>
        <source>Only desktops of Linux and BSD have such entries; there is nothing to do.</source>
        <translation>只有 Linux 与 BSD 的桌面才有这样的菜单项；无需任何操作。</translation>
    </message>
    <message>
        <source>{path} was not made by this command. Move it away, then try again.</source>
        <translation>{path} 不是由此命令创建的。请先移走它，然后重试。</translation>
    </message>
    <message>
        <source>The entry in the menu starts another Rushes: {program}</source>
        <translation>菜单中的条目启动的是另一个 Rushes：{program}</translation>
    </message>
    <message>
        <source>Remove it with that one.</source>
        <translation>请用那一个来移除它。</translation>
    </message>
    <message>
        <source>Rushes is in the menu: {path}</source>
        <translation>Rushes 已在菜单中：{path}</translation>
    </message>
    <message>
        <source>Until now the entry started {program}</source>
        <translation>此前该条目启动的是 {program}</translation>
    </message>
    <message>
        <source>There is no entry in the menu that this command has made.</source>
        <translation>菜单中没有由此命令创建的菜单项。</translation>
    </message>
    <message>
        <source>Rushes is out of the menu. Your list and your files are where they were.</source>
        <translation>Rushes 已从菜单中移除。您的列表和文件仍在原处。</translation>
    </message>
    <message>
        <source>The program “rushes” cannot be found, so no entry can start it.</source>
        <extracomment>In a file that we made, and in no other: what somebody has written himself is his.</extracomment>
        <translation>找不到程序“rushes”，因此没有菜单项能启动它。</translation>
    </message>
    <message>
        <source>The desktop's list of links could not be brought up to date.</source>
        <translation>无法更新桌面的链接列表。</translation>
    </message>
    <message>
        <source>Version</source>
        <extracomment>The doctor tries all of Qt first; on a busy machine that takes a minute.</extracomment>
        <translation>版本</translation>
    </message>
    <message>
        <source>Report a problem…</source>
        <translation>报告问题…</translation>
    </message>
    <message>
        <source>Open data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
    <message>
        <source>Open licences</source>
        <translation>打开许可证</translation>
    </message>
    <message>
        <source>This is Rushes {version}. It asks nobody whether there is a newer one: look where you got this one.</source>
        <translation>这是 Rushes {version}。它不会向任何人询问是否有新版本：请到您获取本版本的地方查看。</translation>
    </message>
    <message>
        <source>It was installed by {how}. You bring in another version with:</source>
        <translation>它由 {how} 安装。安装其他版本请用：</translation>
    </message>
    <message>
        <source>Check for a newer version</source>
        <translation>检查新版本</translation>
    </message>
    <message>
        <source>{place} cannot be opened here.</source>
        <translation>无法在此打开 {place}。</translation>
    </message>
    <message>
        <source>The report is being made…</source>
        <translation>正在生成报告…</translation>
    </message>
    <message>
        <source>The report could not be made: {why}.</source>
        <translation>无法生成报告：{why}。</translation>
    </message>
    <message>
        <source>Qt is told to use “{name}” (QT_QPA_PLATFORM), which does not work here. Start Rushes without that.</source>
        <extracomment>What Qt needs of a Linux system for our window, and Debian's package of each. By parts of Qt that are loaded when the window shows its rows: for the network, sound and films. A dialog that has not ended after so long is on the screen.</extracomment>
        <translation>QT_QPA_PLATFORM 要求 Qt 使用“{name}”，但此处无法使用。请去掉该设置后再启动 Rushes。</translation>
    </message>
    <message>
        <source>There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. Start Rushes from a desktop, or use its commands (rushes --help).</source>
        <translation>这里没有屏幕：DISPLAY 和 WAYLAND_DISPLAY 都没有设置。请从桌面启动 Rushes，或使用它的命令（rushes --help）。</translation>
    </message>
    <message>
        <source>A part of Rushes is missing: {name}. Install Rushes again.</source>
        <translation>Rushes 缺少一个部分：{name}。请重新安装 Rushes。</translation>
    </message>
    <message>
        <source>Qt cannot be loaded here: {why}.</source>
        <translation>无法在此载入 Qt：{why}。</translation>
    </message>
    <message>
        <source>{library} (package {package})</source>
        <translation>{library}（软件包 {package}）</translation>
    </message>
    <message>
        <source>A library that Rushes needs cannot be loaded: {library}: {why}.</source>
        <translation>无法载入 Rushes 需要的库：{library}：{why}。</translation>
    </message>
    <message>
        <source>Libraries of the system that Rushes needs cannot be loaded: {libraries}. Debian, Ubuntu: sudo apt install {packages}</source>
        <translation>无法载入 Rushes 需要的系统库：{libraries}。Debian、Ubuntu：sudo apt install {packages}</translation>
    </message>
    <message>
        <source>The screen {screen} does not answer, or does not let you in ({name}). Start Rushes from the desktop it belongs to.</source>
        <translation>屏幕 {screen} 没有应答，或不允许您访问（{name}）。请从它所属的桌面启动 Rushes。</translation>
    </message>
    <message>
        <source>About Rushes</source>
        <translation>关于 Rushes</translation>
    </message>
    <message>
        <source>Rushes watches AI video and 3D jobs and keeps every result. It is free software under the GNU General Public License, version 3 or later, and comes without any warranty.</source>
        <translation>Rushes 跟踪 AI 视频与 3D 任务，保存每一个结果。它是自由软件，采用 GNU 通用公共许可证第 3 版或更新版本，不提供任何担保。</translation>
    </message>
    <message>
        <source>Parts and their licences</source>
        <translation>组成部分及其许可证</translation>
    </message>
    <message>
        <source>Report a problem</source>
        <translation>报告问题</translation>
    </message>
    <message>
        <source>This is all that the report says. Keys and the signatures of links are not in it; names of accounts and files can be. Nothing is sent: save it, and give it to whom you choose.</source>
        <translation>报告的全部内容都在这里。其中没有密钥，也没有链接的签名；可能有账户名和文件名。不会发送任何内容：请保存它，再交给您选择的人。</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>{name} is no list of Rushes. Nothing was imported.</source>
        <extracomment>How the window lies on this screen, and where things of this computer are, is not moved.</extracomment>
        <translation>{name} 不是 Rushes 列表，未导入任何内容。</translation>
    </message>
    <message>
        <source>{name} is damaged or was cut off. Nothing was imported: export it once more.</source>
        <translation>{name} 已损坏或不完整，未导入任何内容，请重新导出。</translation>
    </message>
    <message>
        <source>{name} was written by a newer version of Rushes. Nothing was imported: update Rushes first.</source>
        <translation>{name} 由更新版本的 Rushes 写成，未导入任何内容，请先更新 Rushes。</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) imported.</source>
        <translation>
            <numerusform>已导入 %n 个片段。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) of this list got what was missing here.</source>
        <translation>
            <numerusform>本列表中 %n 个片段补全了缺少的内容。</numerusform>
        </translation>
    </message>
    <message>
        <source>Already here: {count}.</source>
        <translation>列表中已有：{count}。</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) came along.</source>
        <translation>
            <numerusform>一并带来 %n 个账户。</numerusform>
        </translation>
    </message>
    <message>
        <source>Keys are never in the file: enter them under Accounts.</source>
        <translation>文件中从不含密钥，请在“账户”中输入。</translation>
    </message>
    <message numerus="yes">
        <source>Certificate files are not taken over: choose that of %n account(s) again under Accounts.</source>
        <translation>
            <numerusform>证书文件不会一并导入：请在“账户”中为 %n 个账户重新选择。</numerusform>
        </translation>
    </message>
    <message>
        <source>{name} was not written: the name is too long. Choose a shorter one.</source>
        <translation>{name} 未写入：文件名太长，请换一个短一些的名称。</translation>
    </message>
    <message>
        <source>{file} is there already. Choose another name.</source>
        <extracomment>A list of a million tasks takes minutes.</extracomment>
        <translation>{file} 已存在，请换一个名称。</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) exported to {name}.</source>
        <translation>
            <numerusform>已将 %n 个片段导出到 {name}。</numerusform>
        </translation>
    </message>
    <message>
        <source>It holds prompts, and no key: keep it to yourself.</source>
        <translation>文件含有提示词，不含密钥，请勿外传。</translation>
    </message>
    <message>
        <source>Quit Rushes first: a running window keeps its own settings.</source>
        <translation>请先退出 Rushes：正在运行的窗口会保留自己的设置。</translation>
    </message>
    <message>
        <source>The running window did not answer. Look there for what was imported.</source>
        <translation>正在运行的窗口没有应答，请在那里查看导入结果。</translation>
    </message>
    <message>
        <source>Its settings are used from now on.</source>
        <translation>现在起使用其中的设置。</translation>
    </message>
    <message>
        <source>Export as CSV</source>
        <extracomment>Takes that are named one by one when they are left out.</extracomment>
        <translation>导出为 CSV</translation>
    </message>
    <message>
        <source>Export as JSON</source>
        <translation>导出为 JSON</translation>
    </message>
    <message>
        <source>JSON, an object a line</source>
        <translation>JSON，每行一个对象</translation>
    </message>
    <message>
        <source>Export a contact sheet</source>
        <translation>导出缩略图总览</translation>
    </message>
    <message>
        <source>Export a case for the service</source>
        <translation>导出提交给服务方的说明</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Final Cut Pro 7, Premiere</source>
        <translation>Final Cut Pro 7、Premiere</translation>
    </message>
    <message>
        <source>Edit decision list (EDL)</source>
        <translation>剪辑决定表（EDL）</translation>
    </message>
    <message>
        <source>Timelines need OpenTimelineIO, which is not installed here. Install it with: pip install "rushes[otio]"</source>
        <translation>导出时间线需要 OpenTimelineIO，当前未安装。安装命令：pip install "rushes[otio]"</translation>
    </message>
    <message>
        <source>No take is picked here. Pick takes, or select some.</source>
        <translation>这里没有入选的片段。请先入选片段，或选中几个。</translation>
    </message>
    <message>
        <source>Export a timeline</source>
        <translation>导出时间线</translation>
    </message>
    <message>
        <source>Reading film {n} of {count}…</source>
        <translation>正在读取影片 {n}/{count}…</translation>
    </message>
    <message>
        <source>None of these takes has a saved film. Save them first.</source>
        <translation>这些片段都没有已保存的影片，请先保存。</translation>
    </message>
    <message>
        <source>Take {n} of {count}…</source>
        <translation>片段 {n}/{count}…</translation>
    </message>
    <message numerus="yes">
        <source>%n page(s), a file each.</source>
        <translation>
            <numerusform>共 %n 页，每页一个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing failed and no file is lost in the selection: there is no case.</source>
        <translation>所选片段没有失败，也没有丢失文件，无需说明。</translation>
    </message>
    <message>
        <source>Its text is copied, too.</source>
        <translation>文本也已复制到剪贴板。</translation>
    </message>
    <message>
        <source>List of Rushes</source>
        <translation>Rushes 列表</translation>
    </message>
    <message>
        <source>Export the list</source>
        <translation>导出列表</translation>
    </message>
    <message>
        <source>Copy of a list</source>
        <translation>列表副本</translation>
    </message>
    <message>
        <source>Import a list</source>
        <translation>导入列表</translation>
    </message>
    <message>
        <source>Importing {name}…</source>
        <translation>正在导入 {name}…</translation>
    </message>
    <message>
        <source>Left out, without a saved film: {names}.</source>
        <translation>未包含（没有已保存的影片）：{names}。</translation>
    </message>
    <message>
        <source>Left out, without a saved film: {names} and {n} more.</source>
        <translation>未包含（没有已保存的影片）：{names} 以及另外 {n} 个。</translation>
    </message>
    <message>
        <source>The demo is not started at login.</source>
        <translation>演示不会在登录时启动。</translation>
    </message>
    <message>
        <source>What is started at login could not be changed: {why}.</source>
        <translation>无法更改登录时启动的程序：{why}。</translation>
    </message>
    <message numerus="yes">
        <source>The links of %n take(s) have ended: the files cannot be fetched any more.</source>
        <translation>
            <numerusform>%n 个片段的链接已失效，文件无法再下载。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The files of %n take(s) came damaged. They were kept as they came.</source>
        <translation>
            <numerusform>%n 个片段的文件收到时已损坏，已按原样保存。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The take has its new name. Its %n file(s) have the old one.</source>
        <extracomment>What asks for nothing but can be acted on stands so long (seconds). Fewer files are moved before a word about it could be read.</extracomment>
        <translation>
            <numerusform>片段已改名，它的 %n 个文件仍是旧名称。</numerusform>
        </translation>
    </message>
    <message>
        <source>Rename files</source>
        <translation>重命名文件</translation>
    </message>
    <message>
        <source>Moving files: {done} of {count}</source>
        <translation>正在移动文件：{done}/{count}</translation>
    </message>
    <message>
        <source>Nothing was moved.</source>
        <translation>没有移动任何文件。</translation>
    </message>
    <message>
        <source>{done} of {count} files were moved.</source>
        <translation>已移动 {count} 个文件中的 {done} 个。</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved back to {folder}.</source>
        <translation>
            <numerusform>已将 %n 个文件移回 {folder}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved back.</source>
        <translation>
            <numerusform>已将 %n 个文件移回。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved to {folder}.</source>
        <translation>
            <numerusform>已将 %n 个文件移到 {folder}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved.</source>
        <translation>
            <numerusform>已移动 %n 个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>The others are not there any more, or were changed.</source>
        <translation>其余文件已不在原处或已被更改。</translation>
    </message>
    <message>
        <source>The files are where they belong already.</source>
        <translation>文件已在应在的位置。</translation>
    </message>
    <message numerus="yes">
        <source>In their place already: %n file(s).</source>
        <translation>
            <numerusform>%n 个文件已在应在的位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>No rejected take in this list has a file.</source>
        <translation>此列表中没有带文件的淘汰片段。</translation>
    </message>
    <message numerus="yes">
        <source>Files of %n rejected take(s) in this list: {count} ({size}).</source>
        <translation>
            <numerusform>此列表中 %n 个淘汰片段的文件：{count} 个（共 {size}）。</numerusform>
        </translation>
    </message>
    <message>
        <source>The takes stay in the list. Undo brings the files back.</source>
        <translation>片段仍留在列表中，可用“撤销”取回文件。</translation>
    </message>
    <message numerus="yes">
        <source>Dragged out, opened or put into a timeline: %n of them.</source>
        <translation>
            <numerusform>其中 %n 个曾被拖出、打开或放入时间线。</numerusform>
        </translation>
    </message>
    <message>
        <source>Rejected to the trash</source>
        <translation>将淘汰的移到回收站</translation>
    </message>
    <message>
        <source>Move to the trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>The system has no trash for these files. Nothing was changed.</source>
        <translation>系统没有可用于这些文件的回收站，未做任何更改。</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved to the trash. Empty it to have {size} back.</source>
        <translation>
            <numerusform>已将 %n 个文件移到回收站。清空回收站可腾出 {size}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be moved there.</source>
        <translation>
            <numerusform>%n 个文件无法移到回收站。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not in the trash any more, or their place is taken: %n file(s).</source>
        <translation>
            <numerusform>已不在回收站或原位置已被占用：%n 个文件。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) came back from the trash.</source>
        <translation>
            <numerusform>已从回收站取回 %n 个文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Volcengine Ark (Beijing)</source>
        <translation>火山方舟（北京）</translation>
    </message>
    <message>
        <source>BytePlus ModelArk (Asia Pacific)</source>
        <translation>BytePlus ModelArk（亚太）</translation>
    </message>
    <message>
        <source>BytePlus ModelArk (Europe, no video models)</source>
        <translation>BytePlus ModelArk（欧洲，无视频模型）</translation>
    </message>
    <message>
        <source>Rong API (Beijing)</source>
        <translation>Rong API（北京）</translation>
    </message>
    <message>
        <source>Rong API (North America)</source>
        <translation>Rong API（北美）</translation>
    </message>
    <message>
        <source>AnyFast (China)</source>
        <translation>AnyFast（中国）</translation>
    </message>
    <message>
        <source>AnyFast (International)</source>
        <translation>AnyFast（国际）</translation>
    </message>
    <message>
        <source>Jimeng gateway</source>
        <translation>即梦网关</translation>
    </message>
    <message>
        <source>Other gateway</source>
        <translation>其他网关</translation>
    </message>
    <message>
        <source>Unrated</source>
        <extracomment>By `Account.id`. Fields whose values are also found by what stands inside them: "seedance" in a model's id.</extracomment>
        <translation>未评分</translation>
    </message>
    <message>
        <source>Picks</source>
        <translation>入选</translation>
    </message>
    <message>
        <source>Rejects</source>
        <translation>淘汰</translation>
    </message>
    <message>
        <source>★3+</source>
        <translation>★3+</translation>
    </message>
    <message>
        <source>{name}: no D-Bus here</source>
        <translation>{name}：此处没有 D-Bus</translation>
    </message>
    <message>
        <source>The computer may suspend while files are being saved; nothing here can hold that off ({why}).</source>
        <translation>保存文件期间电脑可能进入睡眠；此处没有办法阻止（{why}）。</translation>
    </message>
    <message>
        <source>Results are being saved</source>
        <translation>正在保存结果</translation>
    </message>
    <message>
        <source>put the new file in place of {file}</source>
        <extracomment>Packages that only bring the text.</extracomment>
        <translation>用新文件替换 {file}</translation>
    </message>
    <message>
        <source>unpacking it</source>
        <translation>解压缩</translation>
    </message>
    <message>
        <source>unpack the new archive in place of {folder}</source>
        <translation>解压新的压缩包以替换 {folder}</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Show only these: {condition}</source>
        <translation>只显示这些：{condition}</translation>
    </message>
    <message>
        <source>The search knows no field “{name}”, so it looks for these words.</source>
        <extracomment>Borders and title bar, which are not known before the window is shown.</extracomment>
        <translation>搜索中没有“{name}”这个字段，将按文字查找。</translation>
    </message>
    <message>
        <source>Dragged out, opened or put into a timeline: other programs know it here.</source>
        <translation>曾被拖出、打开或放入时间线：其他程序在此处使用它。</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Move files</source>
        <translation>移动文件</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) go where file names and folder rules say now.</source>
        <translation>
            <numerusform>%n 个文件将移到文件名模板和文件夹规则现在指定的位置。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Dragged out, opened or put into a timeline: %n of them. Programs that use them will not find them any more.</source>
        <translation>
            <numerusform>其中 %n 个曾被拖出、打开或放入时间线，使用它们的程序将找不到它们。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n file(s)</source>
        <translation>
            <numerusform>移动 %n 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>Files to be moved</source>
        <translation>要移动的文件</translation>
    </message>
    <message>
        <source>Folder with saved films and models</source>
        <translation>存有影片和模型的文件夹</translation>
    </message>
    <message>
        <source>Looking for saved files: {done} of {count}</source>
        <translation>正在查找已保存的文件：{done}/{count}</translation>
    </message>
    <message>
        <source>Looking for saved files…</source>
        <translation>正在查找已保存的文件…</translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) added.</source>
        <translation>
            <numerusform>已添加 %n 个片段。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) found their file again.</source>
        <translation>
            <numerusform>%n 个片段重新找到了文件。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) in the list already.</source>
        <translation>
            <numerusform>%n 个文件已在列表中。</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no film, picture or model in this folder.</source>
        <translation>此文件夹中没有影片、图片或模型。</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not taken in, nothing says whose they are: {names}</source>
        <translation>
            <numerusform>未收入 %n 个文件，无法判断它们属于哪个片段：{names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not taken in: add an account of {service} first.</source>
        <translation>
            <numerusform>未收入 %n 个文件：请先添加 {service} 的账户。</numerusform>
        </translation>
    </message>
    <message>
        <source>The folder holds more files than are looked at.</source>
        <translation>文件夹中的文件过多，未全部查看。</translation>
    </message>
    <message>
        <source>Stopped: the other files were not looked at.</source>
        <translation>已停止：其余文件未查看。</translation>
    </message>
    <message>
        <source>it ended at once</source>
        <translation>它启动后立即退出了</translation>
    </message>
    <message>
        <source>The simulator of the demo cannot be started: {why}.</source>
        <translation>无法启动演示用的模拟器：{why}。</translation>
    </message>
</context>
</TS>
